using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using QLearning.Abstractions;
using QLearning.Grains.Shutdown;
using QLearning.Grains.SqlChanges;
using QLearning.Storage.Maintenance;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.QTables;

/// <summary>What all agents of one type share: the Q-table, hot in memory and written behind.</summary>
// Orleans' default weighs load, and puts all types of a fleet that starts on the one silo that is idle then.
[Reentrant]
[RandomPlacement]
internal sealed partial class AgentTypeGrain(
    HotTableFactory factory,
    ActiveTables active,
    ITrajectoryPump trajectories,
    ITrajectoryTotals totals,
    CallsAtStop calls,
    TimeProvider time,
    ILogger<AgentTypeGrain> logger) : Grain, IAgentTypeGrain, IFlusherHost
{
    private static readonly TimeSpan _never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan _forgetInterval = TimeSpan.FromHours(1);

    private IGrainTimer? _timer;
    private HotTable? _hot;
    private Task<HotTable>? _loading;

    TimeSpan IFlusherHost.KeepAliveInterval => TimeSpan.FromMinutes(1);

    private AgentTypeKey Key => AgentTypeKey.Parse(this.GetPrimaryKeyString());

    private bool HasKey => AgentTypeKey.TryParse(this.GetPrimaryKeyString(), out _);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The runtime holds a lock of the activation until this waits for something. Two partitions that ask each other in their first
        // calls to release their rows would each hold theirs and want the other's, for ever.
        await Task.Yield();
        if (!HasKey)
        {
            // Each call is refused; Orleans would log a refused activation as its own error.
            return;
        }

        // From now on the silo tells what other programs change: what a load that begins later reads can only be newer.
        active.Add(Key.AgentType, OwnReference);
        _timer = this.RegisterGrainTimer(
            static (grain, _) => grain.OnTimer(), this, new GrainTimerCreationOptions(_never, _never) { Interleave = true });
        this.RegisterGrainTimer(static (grain, _) => grain.ForgetExpired(), this, _forgetInterval, _forgetInterval);
    }

    void IFlusherHost.Arm(TimeSpan due) => _timer?.Change(due, _never);

    void IFlusherHost.StayAlive() => DelayDeactivation(TimeSpan.FromMinutes(5));

    void IFlusherHost.OnFenced()
    {
        logger.Fenced(this.GetPrimaryKeyString());
        DeactivateOnIdle();
    }

    void IFlusherHost.OnRefused(int count, Exception error) => logger.Refused(error, this.GetPrimaryKeyString(), count);

    void IFlusherHost.OnLost(int count, Exception error) => logger.Lost(error, this.GetPrimaryKeyString(), "rows released", count);

    void IFlusherHost.Watch(Task task) => task.ContinueWith(
        failed => logger.FlushFailed(failed.Exception!, this.GetPrimaryKeyString()),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Current);

    // Expired Q-values count as absent anyway; this gives their memory back.
    private Task ForgetExpired()
    {
        _hot?.Table.RemoveExpired();
        _hot?.ForgetSilentClients(ExpiredRows.CallIdLife);
        return Task.CompletedTask;
    }

    private Task OnTimer()
    {
        _hot?.Flusher.OnTimer();
        return Task.CompletedTask;
    }

    private ValueTask<HotTable> HotAsync() => _hot is { Flusher.IsFenced: false } hot ? new(hot) : new(LoadAsync());

    /// <summary>Loads once, however many calls wait for it; after a failure the next call tries again.</summary>
    private async Task<HotTable> LoadAsync()
    {
        if (_hot is { } fenced)
        {
            throw fenced.Flusher.FencedError(isBeforeLearning: true);
        }

        Task<HotTable>? loading = null;
        try
        {
            loading = _loading ??= LoadOnceAsync();
            await UntilStopAsync(loading);
            return await loading;
        }
        catch (Exception error)
        {
            _loading = _loading == loading ? null : _loading;
            if (error is not FencedException || Key.Partition != 0)
            {
                // Partition 0 stays while the table is repartitioned, for the same reason as in Release; others may be no more.
                DeactivateOnIdle();
            }

            throw;
        }
    }

    private async Task<HotTable> LoadOnceAsync() => _hot = await factory.LoadAsync(Key, this, GrainFactory, ReleaseAsync);
}
