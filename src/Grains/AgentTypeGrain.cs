using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using QLearning.Abstractions;
using QLearning.Grains.HotTables;
using QLearning.Grains.Input;
using QLearning.Grains.Rewards;
using QLearning.Grains.Shutdown;
using QLearning.Grains.SqlChanges;
using QLearning.Grains.Trajectories;
using QLearning.Learning.Rules;
using QLearning.Storage.Maintenance;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains;

/// <summary>What all agents of one type share: the Q-table, hot in memory and written behind.</summary>
// Orleans' default weighs load, and puts all types of a fleet that starts on the one silo that is idle then.
[Reentrant]
[RandomPlacement]
internal sealed partial class AgentTypeGrain(
    HotTableFactory factory,
    ActiveTables active,
    ITrajectoryPump trajectories,
    DelayedRewardStore rewards,
    CallsAtStop calls,
    TimeProvider time,
    ILogger<AgentTypeGrain> logger) : Grain, IAgentTypeGrain, IFlusherHost
{
    private static readonly TimeSpan _never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan _forgetInterval = TimeSpan.FromHours(1);

    private IGrainTimer? _timer;
    private DelayedRewardRecorder? _recorder;
    private HotTable? _hot;
    private Task<HotTable>? _loading;

    TimeSpan IFlusherHost.KeepAliveInterval => TimeSpan.FromMinutes(1);

    private AgentTypeKey Key => AgentTypeKey.Parse(this.GetPrimaryKeyString());

    // Two grains would own the same rows: the partitions of a table are not built yet.
    private bool IsWholeTable => AgentTypeKey.TryParse(this.GetPrimaryKeyString(), out var key) && key.Partition == 0;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!IsWholeTable)
        {
            // Each call is refused; Orleans would log a refused activation as its own error.
            return Task.CompletedTask;
        }

        // From now on the silo tells what other programs change: what a load that begins later reads can only be newer.
        active.Add(Key.AgentType, this.AsReference<ISharedTable>());
        _timer = this.RegisterGrainTimer(
            static (grain, _) => grain.OnTimer(), this, new GrainTimerCreationOptions(_never, _never) { Interleave = true });
        this.RegisterGrainTimer(static (grain, _) => grain.ForgetExpired(), this, _forgetInterval, _forgetInterval);
        return Task.CompletedTask;
    }

    public ValueTask<BestAction?> GetBestAction(StateKey state)
    {
        InputCheck.State(state);
        return _hot is { } hot && hot.IsHot(state) ? new(hot.GetBest(state)) : new(ReadAsync([state], table => table.GetBest(state)));
    }

    public ValueTask<BestAction?[]> GetBestActions(StateKey[] states)
    {
        InputCheck.States(states);
        return new(ReadAsync(states, table => Array.ConvertAll(states, table.GetBest)));
    }

    public ValueTask<QValue[]> GetQValues(StateKey state)
    {
        InputCheck.State(state);
        return new(ReadAsync([state], table => table.GetQValues(state)));
    }

    public ValueTask<QValue[][]> GetQValuesMany(StateKey[] states)
    {
        InputCheck.States(states);
        return new(ReadAsync(states, table => Array.ConvertAll(states, table.GetQValues)));
    }

    public ValueTask<SelectedAction> SelectAction(SelectActionRequest request)
    {
        InputCheck.Select(request);
        return new(ReadAsync([request.State], table => table.Select(request)));
    }

    public ValueTask<LearnResult> Learn(Transition transition, WriteMode mode)
    {
        InputCheck.Transition(transition);
        return ChangeAsync(Touched([transition]), mode, table => table.Learn(transition));
    }

    public ValueTask<LearnResult[]> LearnMany(Transition[] transitions, WriteMode mode)
    {
        InputCheck.Transitions(transitions);
        return ChangeAsync(Touched(transitions), mode, table => table.LearnMany(transitions));
    }

    public ValueTask<LearnResult> Upsert(QValueUpsert upsert, WriteMode mode)
    {
        InputCheck.Upsert(upsert);
        return ChangeAsync(() => [upsert.State.Key], mode, table => table.Upsert(upsert));
    }

    public ValueTask<LearnResult[]> UpsertMany(QValueUpsert[] upserts, WriteMode mode)
    {
        InputCheck.Upserts(upserts);
        return ChangeAsync(() => upserts.Select(upsert => upsert.State.Key), mode, table => table.UpsertMany(upserts));
    }

    public async ValueTask RecordTrajectories(Trajectory[] episodes)
    {
        TrajectoryCheck.All(episodes);
        var hot = await HotAsync();
        foreach (var session in episodes.Select(episode => episode.SessionId).OfType<Guid>().Distinct())
        {
            await UntilStopAsync(GrainFactory.GetGrain<ISessionGrain>(session).Require(hot.Type.AgentType).AsTask());
        }

        await UntilStopAsync(trajectories.WriteAsync(TrajectoryRecords.From(episodes, hot.Type, time.GetUtcNow())));
    }

    public async ValueTask<LearnResult?[]> RecordRewards(DelayedReward[] late)
    {
        DelayedRewardCheck.All(late);
        var hot = await HotAsync();
        _recorder ??= new DelayedRewardRecorder(rewards, trajectories, GrainFactory, time);
        var recording = _recorder.RecordAsync(hot, late);
        await UntilStopAsync(recording);
        return await recording;
    }

    public async ValueTask Flush()
    {
        var hot = await HotAsync();
        await UntilStopAsync(hot.Flusher.CommitAsync());
    }

    public async ValueTask<AgentTypeStatistics> GetStatistics()
    {
        var hot = await HotAsync();
        return new AgentTypeStatistics
        {
            AgentType = hot.Type.AgentType,
            States = hot.Table.StateCount,
            QValues = hot.Table.QValueCount,
            Actions = hot.Table.Actions.Count,
            Visits = hot.Table.VisitTotal,
            IsWhole = hot.Table.IsWhole,
            Backlog = hot.Table.BacklogCount,
            Updates = hot.Updates,
            Flushed = hot.Flusher.Written,
            Epoch = hot.Epoch,
            Watermark = hot.Flusher.Watermark,
            Silo = RuntimeIdentity,
        };
    }

    void IFlusherHost.Arm(TimeSpan due) => _timer?.Change(due, _never);

    void IFlusherHost.StayAlive() => DelayDeactivation(TimeSpan.FromMinutes(5));

    void IFlusherHost.OnFenced()
    {
        logger.Fenced(this.GetPrimaryKeyString());
        DeactivateOnIdle();
    }

    void IFlusherHost.OnRefused(int count, Exception error) => logger.Refused(error, this.GetPrimaryKeyString(), count);

    void IFlusherHost.Watch(Task task) => task.ContinueWith(
        failed => logger.FlushFailed(failed.Exception!, this.GetPrimaryKeyString()),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Current);

    private static Func<IEnumerable<StateKey>> Touched(Transition[] transitions) => () =>
    {
        var states = new HashSet<StateKey>();
        Learner.CollectStates(transitions, states);
        return states;
    };

    private void RequireWholeTable()
    {
        if (Key.Partition != 0)
        {
            throw InvalidInputException.For("agent type", this.GetPrimaryKeyString(), "its Q-table has no partitions", "the name alone");
        }
    }

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

    private async Task<T> ReadAsync<T>(StateKey[] states, Func<HotTable, T> read)
    {
        var hot = await HotAsync();
        await UntilStopAsync(hot.EnsureHotAsync(states));
        return read(hot);
    }

    private async ValueTask<T> ChangeAsync<T>(Func<IEnumerable<StateKey>> touched, WriteMode mode, Func<HotTable, T> change)
    {
        InputCheck.Mode(mode);
        var hot = await HotAsync();
        if (!hot.Table.IsWhole)
        {
            await UntilStopAsync(hot.EnsureHotAsync(touched()));
        }

        var result = change(hot);
        if ((mode == WriteMode.AgentTypeDefault ? hot.Type.Settings.WriteMode : mode) == WriteMode.Durable)
        {
            await UntilStopAsync(hot.Flusher.CommitAsync());
        }

        return result;
    }

    private ValueTask<HotTable> HotAsync() => _hot is { Flusher.IsFenced: false } hot ? new(hot) : new(LoadAsync());

    /// <summary>Loads once, however many calls wait for it; after a failure the next call tries again.</summary>
    private async Task<HotTable> LoadAsync()
    {
        if (_hot is { } fenced)
        {
            await UntilStopAsync(fenced.Flusher.CommitAsync());
        }

        Task<HotTable>? loading = null;
        try
        {
            RequireWholeTable();
            loading = _loading ??= factory.LoadAsync(Key, this, _stopping.Token);
            await UntilStopAsync(loading);
            return _hot = await loading;
        }
        catch (Exception)
        {
            _loading = _loading == loading ? null : _loading;
            DeactivateOnIdle();
            throw;
        }
    }
}
