using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Storage.Maintenance;

namespace QLearning.Grains.Maintenance;

/// <summary>
/// Runs clean-up and view refresh. Jobs run in the background of the grain: a reminder or a caller begins them, whoever wants to know asks
/// for the status. Each job runs at most once at a time.
/// </summary>
[Reentrant]
internal sealed partial class MaintenanceGrain(
    [PersistentState("maintenance")] IPersistentState<MaintenanceState> state,
    ExpiredRows expired,
    MaterializedViews views,
    IOptions<MaintenanceOptions> options,
    TimeProvider time,
    ILogger<MaintenanceGrain> logger) : Grain, IMaintenanceGrain, IRemindable, IDisposable
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);
    private static readonly TimeSpan _longestRun = TimeSpan.FromHours(12);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<MaintenanceJob, Task> _running = [];
    private Task _writing = Task.CompletedTask;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    public async ValueTask Schedule()
    {
        var wanted = options.Value.Enabled
            ? FormattableString.Invariant($"clean-up at {options.Value.CleanUpTime} UTC, refresh every {options.Value.RefreshInterval}")
            : "nothing";
        var isSet = await this.GetReminder(nameof(MaintenanceJob.CleanUp)) is not null;
        if (state.State.Schedule == wanted && isSet == options.Value.Enabled)
        {
            return;
        }

        await SetAsync(MaintenanceJob.CleanUp, UntilCleanUp(), _day);
        await SetAsync(MaintenanceJob.RefreshViews, options.Value.RefreshInterval, options.Value.RefreshInterval);
        state.State.Schedule = wanted;
        await WriteAsync();
        LogScheduled(logger, wanted);
    }

    public ValueTask Start(MaintenanceJob job)
    {
        if (job is not (MaintenanceJob.CleanUp or MaintenanceJob.RefreshViews))
        {
            throw InvalidInputException.For("maintenance job", (int)job, "it is unknown", "CleanUp or RefreshViews");
        }

        Begin(job);
        return ValueTask.CompletedTask;
    }

    public ValueTask<MaintenanceStatus> GetStatus() => new(new MaintenanceStatus
    {
        CleanUp = state.State.CleanUp,
        RefreshViews = state.State.RefreshViews,
        Running = [.. _running.Keys.Order()],
        Runs = state.State.Runs,
    });

    // Not awaited: a job may take longer than the reminder service waits.
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Begin(Enum.Parse<MaintenanceJob>(reminderName));
        return Task.CompletedTask;
    }

    [LoggerMessage(1401, LogLevel.Information, "Maintenance is scheduled: {Schedule}")]
    private static partial void LogScheduled(ILogger logger, string schedule);

    [LoggerMessage(1402, LogLevel.Information, "{Job} done in {Duration}: {Deleted} rows deleted")]
    private static partial void LogDone(ILogger logger, MaintenanceJob job, TimeSpan duration, long deleted);

    [LoggerMessage(1403, LogLevel.Error, "{Job} failed after {Duration}; the next run tries again")]
    private static partial void LogFailed(ILogger logger, Exception error, MaintenanceJob job, TimeSpan duration);

    private TimeSpan UntilCleanUp()
    {
        var now = time.GetUtcNow();
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + options.Value.CleanUpTime;
        return (today > now ? today : today + _day) - now;
    }

    private async Task SetAsync(MaintenanceJob job, TimeSpan due, TimeSpan period)
    {
        if (options.Value.Enabled)
        {
            await this.RegisterOrUpdateReminder(job.ToString(), due, period);
        }
        else if (await this.GetReminder(job.ToString()) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private void Begin(MaintenanceJob job)
    {
        if (!_running.ContainsKey(job))
        {
            DelayDeactivation(_longestRun);
            _running[job] = RunAsync(job);
        }
    }

    private async Task RunAsync(MaintenanceJob job)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var (startedAt, began) = (time.GetUtcNow(), time.GetTimestamp());
        var run = new JobRun { Job = job, StartedAt = startedAt };
        try
        {
            run = run with { Deleted = await DoAsync(job), Duration = time.GetElapsedTime(began) };
            LogDone(logger, job, run.Duration, run.Deleted.Sum(table => table.Rows));
        }
        catch (Exception error)
        {
            // Whatever it was, the status and the log say it; nobody awaits the job.
            run = run with { Error = error.Message, Duration = time.GetElapsedTime(began) };
            LogFailed(logger, error, job, run.Duration);
        }

        finally
        {
            _running.Remove(job);
        }

        await KeepAsync(run);
        if (_running.Count == 0)
        {
            DelayDeactivation(TimeSpan.Zero);
        }
    }

    private async Task<DeletedRows[]> DoAsync(MaintenanceJob job)
    {
        if (job == MaintenanceJob.CleanUp)
        {
            return await expired.DeleteAsync(options.Value.BatchRows, options.Value.LooseRewardLife, _stopping.Token);
        }

        await views.RefreshAsync(_stopping.Token);
        return [];
    }

    private async Task KeepAsync(JobRun run)
    {
        state.State.CleanUp = run.Job == MaintenanceJob.CleanUp ? run : state.State.CleanUp;
        state.State.RefreshViews = run.Job == MaintenanceJob.RefreshViews ? run : state.State.RefreshViews;
        state.State.Runs++;
        try
        {
            await WriteAsync();
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or OrleansException)
        {
            // It stays in memory, and the next write has it.
            LogFailed(logger, error, run.Job, run.Duration);
        }
    }

    // Two writes of one state at a time would collide by their versions.
    private async Task WriteAsync()
    {
        var before = _writing;
        var done = new TaskCompletionSource();
        _writing = done.Task;
        await before;
        try
        {
            await state.WriteStateAsync();
        }
        finally
        {
            done.SetResult();
        }
    }
}
