using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Storage;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Maintenance;

namespace QLearning.Grains.Maintenance;

/// <summary>
/// Runs clean-up and view refresh. Jobs run in the background of the grain: a reminder or a caller begins them, whoever wants to know asks
/// for the status. Each job runs at most once at a time.
/// </summary>
[Reentrant]
internal sealed class MaintenanceGrain(
    IGrainStorage storage,
    ExpiredRows expired,
    MaterializedViews views,
    MaintenanceInstruments instruments,
    IOptions<MaintenanceOptions> options,
    TimeProvider time,
    ILogger<MaintenanceGrain> logger) : Grain, IMaintenanceGrain, IRemindable, IDisposable
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);
    private static readonly TimeSpan _longestRun = TimeSpan.FromHours(12);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<MaintenanceJob, Task> _running = [];
    private Task<MaintenanceMemory>? _remembering;
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
        var state = (await RememberAsync()).State;
        var isSet = await this.GetReminder(nameof(MaintenanceJob.CleanUp)) is not null;
        if (state.Schedule == wanted && isSet == options.Value.Enabled)
        {
            return;
        }

        await SetAsync(MaintenanceJob.CleanUp, UntilCleanUp(), _day);
        await SetAsync(MaintenanceJob.RefreshViews, options.Value.RefreshInterval, options.Value.RefreshInterval);
        state.Schedule = wanted;
        state.Since ??= options.Value.Enabled ? time.GetUtcNow() : null;
        await WriteAsync();
        logger.MaintenanceScheduled(wanted);
    }

    public ValueTask Start(MaintenanceJob job)
    {
        MaintenanceCheck.Job(job);
        RequireKey();
        Begin(job);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<MaintenanceStatus> GetStatus()
    {
        var state = (await RememberAsync()).State;
        return new MaintenanceStatus
        {
            CleanUp = state.CleanUp,
            RefreshViews = state.RefreshViews,
            Running = [.. _running.Keys.Order()],
            Runs = state.Runs,
        };
    }

    // Not awaited: a job may take longer than the reminder service waits.
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Begin(Enum.Parse<MaintenanceJob>(reminderName));
        return Task.CompletedTask;
    }

    private void RequireKey()
    {
        if (this.GetPrimaryKeyString() != IMaintenanceGrain.Key)
        {
            // There must be one: two would clean up at the same time.
            DeactivateOnIdle();
            throw InvalidInputException.For(
                "maintenance grain", this.GetPrimaryKeyString(), "there is no such one", $"'{IMaintenanceGrain.Key}'");
        }
    }

    /// <summary>Reads once, however many calls wait for it; after a failure the next call tries again.</summary>
    private async Task<MaintenanceMemory> RememberAsync()
    {
        RequireKey();
        var remembering = _remembering ??= MaintenanceMemory.ReadAsync(storage, this.GetGrainId());
        try
        {
            return await remembering;
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or OrleansException)
        {
            _remembering = _remembering == remembering ? null : _remembering;
            throw new StorageUnavailableException($"The state of the maintenance cannot be read: {error.Message}");
        }
    }

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
            logger.JobDone(job, run.Duration, run.Deleted.Sum(table => table.Rows));
        }
        catch (Exception error)
        {
            // Whatever it was, the status and the log say it; no caller awaits the job.
            run = run with { Error = error.Message, Duration = time.GetElapsedTime(began) };
            logger.JobFailed(error, job, run.Duration);
        }

        instruments.Ran(run);
        try
        {
            await KeepAsync(run);
        }
        finally
        {
            // Not before: a deactivation waits for what runs, and must not leave this unwritten.
            _running.Remove(job);
        }

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
        try
        {
            var state = (await RememberAsync()).State;
            Note(state, run);
            await WriteAsync();
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or OrleansException or StorageUnavailableException)
        {
            // It stays in memory, and the next write has it.
            logger.JobFailed(error, run.Job, run.Duration);
        }
    }

    private static void Note(MaintenanceState state, JobRun run)
    {
        var succeededAt = run.Error is null ? run.StartedAt + run.Duration : (DateTimeOffset?)null;
        if (run.Job == MaintenanceJob.CleanUp)
        {
            (state.CleanUp, state.CleanedUpAt) = (run, succeededAt ?? state.CleanedUpAt);
        }
        else
        {
            (state.RefreshViews, state.ViewsRefreshedAt) = (run, succeededAt ?? state.ViewsRefreshedAt);
        }

        state.Runs++;
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
            await (await RememberAsync()).WriteAsync();
        }
        finally
        {
            done.SetResult();
        }
    }
}
