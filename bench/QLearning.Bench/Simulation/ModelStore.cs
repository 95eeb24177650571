using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Agents;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.Trajectories;

namespace QLearning.Bench.Simulation;

/// <summary>
/// PostgreSQL as the program sees it: each statement takes effect as a whole or not at all, at some time after it was sent, whoever sent
/// it may have died by then, and its answer may be lost.
/// </summary>
/// <param name="world">The schedule.</param>
internal sealed class ModelStore(SimWorld world)
    : IQTableOwnership, IQTableReader, IQTableEraser, IClientWindowReader, IAgentTypeReader, ILateRewardStore, IAgentStore,
        ITrajectoryTotals
{
    private static readonly TimeSpan _slow = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _late = TimeSpan.FromSeconds(10);

    public ModelTables Tables { get; set; } = new();

    /// <summary>True while no statement gets through.</summary>
    public bool IsAway { get; set; }

    /// <summary>Actions whose rows are refused, for good as far as the program can know.</summary>
    public HashSet<ActionKey> Refused { get; } = [];

    /// <summary>True while such rows are refused.</summary>
    public bool IsRefusing { get; set; } = true;

    public Task<OwnershipTaken> TakeAsync(TablePartition part, bool repartition, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        return ReadAsync($"take {part.Index} of {part.Count}{(repartition ? ", repartitioning" : string.Empty)}", () =>
        {
            var epoch = Tables.Acquire(part.Index, part.Count, repartition, id, world.Is(Sabotage.WindowsJoinedByFloor));
            if (world.Is(Sabotage.EpochComesAgain) && epoch > 0)
            {
                id = new Guid((int)epoch, (short)part.Index, 0, new byte[8]);
                Tables.Owners[part.Index] = Tables.Owners[part.Index] with { Id = id };
            }

            return epoch switch
            {
                > 0 => new OwnershipTaken(epoch, part.Count, id),
                0 => new OwnershipTaken(null, 0),
                _ => new OwnershipTaken(null, (int)-epoch),
            };
        });
    }

    public Task<bool> HasMoreStatesThanAsync(TablePartition part, int states, CancellationToken cancellationToken) =>
        ReadAsync("count", () => false);

    public async Task LoadAllAsync(TablePartition part, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(
            "load", () => Tables.Rows.Where(row => part.Owns(row.Key.State)).Select(row => Row(row.Key, row.Value)).ToArray());
        Array.ForEach(rows, onRow);
    }

    public async Task LoadStatesAsync(
        string agentType, IReadOnlyCollection<StateKey> states, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(
            "load states", () => Tables.Rows.Where(row => states.Contains(row.Key.State)).Select(row => Row(row.Key, row.Value)).ToArray());
        Array.ForEach(rows, onRow);
    }

    public Task<StatePage> ListStatesAsync(TablePartition part, string after, CancellationToken cancellationToken) =>
        ReadAsync("list states", () => new StatePage([.. Tables.Rows.Keys.Select(key => key.State).Where(part.Owns).Distinct()], null));

    public Task<IReadOnlyList<ClientWindow>> ReadAsync(AgentTypeKey owner, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<ClientWindow>>("load windows", () =>
        [
            .. Tables.Clients.Where(row => row.Key.Partition == owner.Partition)
                .Select(row => new ClientWindow(row.Key.Client, row.Value.Floor, row.Value.Above)),
        ]);

    public Task<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken) =>
        ReadAsync("read type", () => Tables.Type ?? throw UnknownAgentTypeException.For(agentType));

    public Task<IReadOnlyList<DelayedReward>> FindStoredAsync(
        string agentType, DelayedReward[] rewards, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<DelayedReward>>(
            "find rewards", () => [.. rewards.Where(reward => Tables.Rewards.Contains((reward.Id, reward.State, reward.Action)))]);

    public Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(
        string agentType, Guid[] trajectories, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<AgentRow?> FindAsync(AgentKey agent, CancellationToken cancellationToken) =>
        ReadAsync("find agent", () => Tables.Agents.Contains(agent.ToString()) ? Row(agent) : null);

    public Task<AgentRow?> InsertAsync(
        AgentKey agent, double explorationRate, double learningRate, AgentRegistration own, CancellationToken cancellationToken) =>
        ReadAsync("insert agent", () => Tables.Agents.Add(agent.ToString()) ? Row(agent) : null);

    public Task<AgentRow> UpdateAsync(AgentKey agent, AgentChange change, CancellationToken cancellationToken) =>
        ReadAsync(
            "update agent",
            () => Tables.Agents.Contains(agent.ToString()) ? Row(agent) : throw UnknownAgentException.For(agent.ToString()));

    public Task<long?> EraseStateAsync(QTableOwner owner, ForgetRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long?> EraseAllAsync(QTableOwner owner, bool isDryRun, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<AgentRow> ChangeRatesAsync(AgentKey agent, RateChange change, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DeletedRows[]> RemoveAsync(AgentKey agent, bool isDryRun, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task ShowAsync(AgentKey agent, AgentStatus status, CancellationToken cancellationToken) => ReadAsync("show agent", () => true);

    public Task<(int Steps, double TotalReward, double DiscountedReward)?> FindTotalsAsync(
        string agentType, Guid id, CancellationToken cancellationToken) =>
        ReadAsync<(int, double, double)?>(
            "find trajectory", () => Tables.Trajectories.TryGetValue(id, out var steps) ? (steps, steps, steps) : null);

    public Task<(bool IsStored, bool IsLearned)> FindEpisodeAsync(string agentType, Guid id, CancellationToken cancellationToken) =>
        ReadAsync("find episode", () => (Tables.Trajectories.ContainsKey(id), Tables.Clients.Keys.Any(row => row.Client == id)));

    public Task<int> CountStoredAsync(string agentType, Guid[] ids, CancellationToken cancellationToken) =>
        ReadAsync("count trajectories", () => ids.Count(Tables.Trajectories.ContainsKey));

    /// <summary>Sends a statement.</summary>
    /// <exception cref="NpgsqlException">It failed; it may have taken effect, or do so later.</exception>
    public Task<T> RunAsync<T>(string what, Func<T> statement)
    {
        var answer = new TaskCompletionSource<T>();
        var luck = world.IsFaulty(SimFaults.FailingStore) ? world.Chance.NextDouble() / world.Plan.FaultRate : 1;
        if (IsAway || luck < 0.3)
        {
            world.Trace($"store: {what} fails");
            Soon(() => answer.SetException(luck < 0.05 ? Locked() : luck < 0.15 ? Deadlock() : Lost()));
        }
        else if (luck < 0.6)
        {
            Soon(() =>
            {
                Execute(what, statement);
                world.Trace($"store: the answer to {what} is lost");
                Soon(() => answer.SetException(Lost()));
            });
        }
        else if (luck < 0.8)
        {
            world.Trace($"store: {what} is given up and comes late");
            Soon(() => answer.SetException(Lost()));
            world.Scheduler.After(_late * world.Chance.NextDouble(), () => Execute(what, statement));
        }
        else
        {
            Soon(() =>
            {
                var (result, error) = Execute(what, statement);
                Soon(() =>
                {
                    if (error is null)
                    {
                        answer.SetResult(result!);
                    }
                    else
                    {
                        answer.SetException(error);
                    }
                });
            });
        }

        return answer.Task;
    }

    /// <summary>Sends a statement for a caller who is told what storage tells.</summary>
    private async Task<T> ReadAsync<T>(string what, Func<T> statement)
    {
        try
        {
            return await RunAsync(what, statement);
        }
        catch (NpgsqlException error)
        {
            throw Storage.PostgresErrors.ToCaller(what, error);
        }
    }

    private (T? Result, Exception? Error) Execute<T>(string what, Func<T> statement)
    {
        try
        {
            var result = statement();
            world.Trace($"store: {what}");
            return (result, null);
        }
        catch (Exception error)
        {
            world.Trace($"store: {what} -> {error.GetType().Name}");
            return (default, error);
        }
    }

    private void Soon(Action action)
    {
        if (world.IsFaulty(SimFaults.SlowStore) && world.Chance.NextDouble() < world.Plan.FaultRate)
        {
            world.Scheduler.After(_slow * world.Chance.NextDouble(), action);
        }
        else
        {
            world.Scheduler.Post(action);
        }
    }

    private static StoredQValue Row((StateKey State, ActionKey Action) key, ModelRow row) =>
        new(row.Id, key.State, key.Action, null, row.Value, row.Visits, row.Confidence, row.Uncertainty, null);

    private static AgentRow Row(AgentKey agent) =>
        new(
            new AgentInfo { AgentType = agent.AgentType, Instance = agent.Instance, ExplorationRate = 0.5, LearningRate = 0.5 },
            new AgentRegistration());

    private static NpgsqlException Lost() => new("The connection is lost.");

    private static PostgresException Locked() => new("lock timeout", "ERROR", "ERROR", PostgresErrorCodes.LockNotAvailable);

    private static PostgresException Deadlock() => new("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected);
}
