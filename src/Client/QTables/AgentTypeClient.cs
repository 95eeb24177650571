using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Connection;
using QLearning.Client.Merging;
using QLearning.Client.Partitions;
using QLearning.Client.QTables;
using QLearning.Client.Telemetry;
using QLearning.Client.Updates;

namespace QLearning.Client;

/// <summary>
/// The calls of one agent type: reads and updates of its shared Q-table, one or many at a time. Every call may throw
/// <see cref="UnknownAgentTypeException"/>, <see cref="InvalidInputException"/>, <see cref="StorageUnavailableException"/> and
/// <see cref="ClusterUnavailableException"/>. Calls are repeated by themselves while silos come and go. Updates are kept until they are
/// durable and sent again when a silo was lost with them; each counts once (<see cref="QLearningClientOptions.ResendNotDurable"/>).
/// </summary>
public sealed partial class AgentTypeClient
{
    // With fewer callers than this none waits for another: that is the fastest for them.
    private const int BestActionCalls = 32;

    private readonly IClusterCalls _calls;
    private readonly QTableRouter _router;
    private readonly IHistoryGrain _history;
    private readonly UpdateSender _updates;
    private readonly CallMerger<StateKey, BestAction?>? _bestActions;
    private readonly string _agentType;
    private readonly string _answer;

    internal AgentTypeClient(
        string agentType,
        QTableRouter router,
        IHistoryGrain history,
        IClusterCalls calls,
        UpdateSender updates,
        ClientInstruments instruments,
        bool mergesCalls,
        TimeProvider time)
    {
        (_agentType, _router, _history, _calls, _updates) = (agentType, router, history, calls, updates);
        _answer = $"answer for '{agentType}'";
        _bestActions = mergesCalls
            ? new(
                state => AskAsync(state, CancellationToken.None),
                AskTogetherAsync,
                static _ => 1,
                QLimits.MaxBatch,
                BestActionCalls,
                calls => instruments.Merged(ClientInstruments.BestActions, calls),
                time)
            : null;
    }

    /// <summary>
    /// Updates sent by this client that are not known to be durable: they wait for their answer or their flush. Without
    /// <see cref="QLearningClientOptions.ResendNotDurable"/> only those without an answer.
    /// </summary>
    public int NotDurableCount => _updates.NotDurableCount;

    /// <summary>The action with the highest Q-value, or null when nothing was learned in this state.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<BestAction?> GetBestActionAsync(StateKey state, CancellationToken cancellationToken = default) =>
        _bestActions is null
            ? AskAsync(state, cancellationToken)
            : _bestActions.CallAsync(state).WaitAsync(cancellationToken);

    /// <summary>The best action of each state, in the order asked.</summary>
    /// <param name="states">At most <see cref="QLimits.MaxBatch"/> keys.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<BestAction?[]> GetBestActionsAsync(IEnumerable<StateKey> states, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(states);
        StateKey[] batch = [.. states];
        QTableCheck.States(batch);
        return AskManyAsync(batch, static (owner, own) => owner.GetBestActions(own), cancellationToken);
    }

    /// <summary>All Q-values of a state, highest first.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<QValue[]> GetQValuesAsync(StateKey state, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _router.Owner(state).GetQValues(state), cancellationToken);

    /// <summary>All Q-values of each state, in the order asked.</summary>
    /// <param name="states">At most <see cref="QLimits.MaxBatch"/> keys.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<QValue[][]> GetQValuesAsync(IEnumerable<StateKey> states, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(states);
        StateKey[] batch = [.. states];
        QTableCheck.States(batch);
        return AskManyAsync(batch, static (owner, own) => owner.GetQValuesMany(own), cancellationToken);
    }

    /// <summary>Chooses an action by the type's exploration policy.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="candidates">The actions to choose from; none: those learned in this state.</param>
    /// <param name="explorationRate">The agent's own ε, 0 to 1; null: the type's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<SelectedAction> SelectActionAsync(
        StateKey state,
        IEnumerable<AgentAction>? candidates = null,
        double? explorationRate = null,
        CancellationToken cancellationToken = default)
    {
        var request = new SelectActionRequest { State = state, Candidates = [.. candidates ?? []], ExplorationRate = explorationRate };
        return SelectActionAsync(request, cancellationToken);
    }

    /// <summary>As the other, with all that can be asked for, such as a seed that makes the choice repeatable.</summary>
    /// <param name="request">State, candidates, exploration rate and seed.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<SelectedAction> SelectActionAsync(SelectActionRequest request, CancellationToken cancellationToken = default)
    {
        QTableCheck.Selection(request);
        return ReadAsync(() => _router.Owner(request.State).SelectAction(request), cancellationToken);
    }

    /// <summary>Learns one transition by the type's learning rule.</summary>
    /// <param name="transition">What happened.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <param name="cancellationToken">Ends the waiting; the update may still take effect.</param>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    /// <exception cref="StorageUnavailableException">
    /// With <see cref="WriteMode.Durable"/>: it was learned, but is not durable yet.
    /// </exception>
    public async Task<LearnResult> LearnAsync(
        Transition transition, WriteMode mode = WriteMode.AgentTypeDefault, CancellationToken cancellationToken = default)
    {
        UpdateCheck.Transition(transition);
        QTableCheck.Mode(mode);
        return (await _updates.SendAsync(new UpdateGroup { Transitions = [transition] }, mode, cancellationToken))[0]!.Value;
    }

    /// <summary>
    /// Learns transitions in the order given: of those whose states one partition owns (see docs/scaling.md; usually there is one
    /// partition) all, or none.
    /// </summary>
    /// <param name="transitions">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <param name="cancellationToken">Ends the waiting; the update may still take effect.</param>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    /// <exception cref="PartlyLearnedException">
    /// Those of one partition were learned, those of another were refused, or not answered.
    /// </exception>
    /// <exception cref="StorageUnavailableException">
    /// With <see cref="WriteMode.Durable"/>: they were learned, but are not durable yet.
    /// </exception>
    public Task<LearnResult[]> LearnAsync(
        IEnumerable<Transition> transitions, WriteMode mode = WriteMode.AgentTypeDefault, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        Transition[] batch = [.. transitions];
        UpdateCheck.Transitions(batch);
        return SendAsync(new UpdateGroup { Transitions = batch }, mode, cancellationToken);
    }

    /// <summary>Stores Q-values as the caller computed them: of those whose states one partition owns all, or none.</summary>
    /// <param name="upserts">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <param name="cancellationToken">Ends the waiting; the update may still take effect.</param>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was stored.</exception>
    /// <exception cref="PartlyLearnedException">
    /// Those of one partition were stored, those of another were refused, or not answered.
    /// </exception>
    public Task<LearnResult[]> UpsertAsync(
        IEnumerable<QValueUpsert> upserts, WriteMode mode = WriteMode.AgentTypeDefault, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(upserts);
        QValueUpsert[] batch = [.. upserts];
        UpdateCheck.Upserts(batch);
        return SendAsync(new UpdateGroup { Upserts = batch }, mode, cancellationToken);
    }

    /// <summary>Stores whole episodes; returns after the commit. Sending one again (same id) stores it once.</summary>
    /// <param name="trajectories">At most <see cref="QLimits.MaxBatch"/> steps in all.</param>
    /// <param name="cancellationToken">Ends the waiting; they may still be stored.</param>
    public Task RecordTrajectoriesAsync(IEnumerable<Trajectory> trajectories, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trajectories);
        Trajectory[] batch = [.. trajectories];
        return _calls.RepeatableChangeAsync(
            $"store trajectories of '{_agentType}'", () => _router.Owners[0].RecordTrajectories(batch), cancellationToken);
    }

    /// <summary>
    /// Learns rewards that came late, in the order given, and stores them; both are durable when this returns. Of those whose states one
    /// partition owns all, or none.
    /// </summary>
    /// <param name="rewards">At most <see cref="QLimits.MaxBatch"/>. Sending one again (same id, state and action) counts once.</param>
    /// <param name="cancellationToken">Ends the waiting; they may still take effect.</param>
    /// <returns>What each update did; null for a reward that was recorded already.</returns>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    /// <exception cref="PartlyLearnedException">
    /// Those of one partition were learned, those of another were refused, or not answered.
    /// </exception>
    public Task<LearnResult?[]> RecordRewardsAsync(IEnumerable<DelayedReward> rewards, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        DelayedReward[] batch = [.. rewards];
        RewardCheck.Rewards(batch);
        return batch.Length == 0
            ? Task.FromResult<LearnResult?[]>([])
            : _updates.SendAsync(new UpdateGroup { Rewards = batch }, WriteMode.Durable, cancellationToken);
    }

    /// <summary>The newest trajectories.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<TrajectoryPage> GetRecentTrajectoriesAsync(int limit = 100, CancellationToken cancellationToken = default) =>
        GetTrajectoriesAsync(new TrajectoryQuery { AgentType = _agentType, Limit = limit }, cancellationToken);

    /// <summary>The trajectories with the highest total rewards.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<TrajectoryPage> GetBestTrajectoriesAsync(int limit = 100, CancellationToken cancellationToken = default) =>
        GetTrajectoriesAsync(
            new TrajectoryQuery { AgentType = _agentType, Order = TrajectoryOrder.Best, Limit = limit }, cancellationToken);

    /// <summary>Trajectories by session, task, agent or success, a page at a time.</summary>
    /// <param name="query">Which ones; its agent type is this one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<TrajectoryPage> GetTrajectoriesAsync(TrajectoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var own = query with { AgentType = _agentType };
        return _calls.RepeatableAsync($"list trajectories of '{_agentType}'", () => _history.GetTrajectories(own), cancellationToken);
    }

    /// <summary>The agents of the type by name, at most 1,000, as they are stored.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<AgentInfo[]> GetAgentsAsync(CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync($"list the agents of '{_agentType}'", () => _history.GetAgents(_agentType), cancellationToken);

    /// <summary>Writes all changes, and returns after the commit.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the flush.</param>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _updates.FlushAsync(cancellationToken);

    /// <summary>What the type's grains hold and have done.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<AgentTypeStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // Each try asks the owners that are known by then: of those before some may be no more.
            var all = await ReadAsync(() => new ValueTask<AgentTypeStatistics[]>(AskAllAsync(_router.Owners)), cancellationToken);
            Array.ForEach(all, own => _router.Note(own.Partitions));
            if (_router.Owners.Length == all.Length)
            {
                return all.Aggregate(PartitionStatistics.Add);
            }
        }
    }

    /// <summary>Sends the updates of this client, also those that agents' grains make on its behalf.</summary>
    internal UpdateSender Updates => _updates;

    internal void Dispose()
    {
        _bestActions?.Dispose();
        _updates.Dispose();
    }

    private Task<BestAction?> AskAsync(StateKey state, CancellationToken cancellationToken) =>
        ReadAsync(() => _router.Owner(state).GetBestAction(state), cancellationToken);

    private static Task<AgentTypeStatistics[]> AskAllAsync(IAgentTypeGrain[] owners) =>
        Task.WhenAll(owners.Select(owner => owner.GetStatistics().AsTask()));

    private Task<BestAction?[]> AskTogetherAsync(IReadOnlyList<StateKey> states) =>
        AskManyAsync([.. states], static (owner, own) => owner.GetBestActions(own), CancellationToken.None);

    private Task<T[]> AskManyAsync<T>(
        StateKey[] states, Func<IAgentTypeGrain, StateKey[], ValueTask<T[]>> ask, CancellationToken cancellationToken) =>
        ReadAsync(() => _router.AskManyAsync(states, ask), cancellationToken);

    private Task<T> ReadAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_answer, call, cancellationToken, _router.Note);

    private async Task<LearnResult[]> SendAsync(UpdateGroup updates, WriteMode mode, CancellationToken cancellationToken)
    {
        QTableCheck.Mode(mode);
        return updates.Count == 0
            ? []
            : Array.ConvertAll(await _updates.SendAsync(updates, mode, cancellationToken), static result => result!.Value);
    }
}
