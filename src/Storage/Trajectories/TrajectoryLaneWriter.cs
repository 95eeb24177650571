using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Agents;
using QLearning.Storage.Sql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Trajectories;

/// <summary>
/// Writes the trajectories of several callers, with their rewards, by binary COPY in one transaction, with the counters that they move.
/// </summary>
/// <param name="dataSource">The database.</param>
internal sealed class TrajectoryLaneWriter(NpgsqlDataSource dataSource) : ILaneWriter<TrajectoryBatch, TrajectoryOutcome>
{
    private const string Stored = "select trajectory_id, agent_type, task_id from trajectories where trajectory_id = any($1)";

    internal const string KindName = "trajectories";

    private readonly StatementPreparer _preparer = new();

    public string Kind => KindName;

    public WriteSize Measure(TrajectoryBatch item) => new(item.RowCount, item.ByteCount);

    public string NameOwner(TrajectoryBatch item) => item.AgentType;

    public IReadOnlyList<ActivityContext> CallsOf(TrajectoryBatch item) => item.Calls;

    public TrajectoryOutcome Fail(FlushStatus status, Exception error) =>
        new(error, MayBeStored: status == FlushStatus.Abandoned);

    public bool IsFenced(TrajectoryOutcome outcome) => false;

    public async Task<TrajectoryOutcome[]> WriteAsync(
        IReadOnlyList<TrajectoryBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        Dictionary<AgentKey, AgentTotals> totals;
        // Whose each id is.
        var known = new Dictionary<Guid, Identity>();
        try
        {
            totals = await WriteAsync(connection, items, known, statement, cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // A caller that got no answer sends its trajectory again: what is stored already counts as done.
            known = await ReadStoredAsync(connection, items, cancellationToken);
            totals = await WriteAsync(connection, items, known, statement, cancellationToken);
        }

        return [.. items.Select(item => FindTaken(item, known) is { } taken ? Refused(taken) : Ended(item, totals))];
    }

    // A caller hands over all or nothing, and waits for the answer.
    public Task<TrajectoryOutcome?> WriteWithoutRefusedAsync(
        TrajectoryBatch item, WriteSize statement, CancellationToken cancellationToken) =>
        Task.FromResult<TrajectoryOutcome?>(null);

    public async Task<TrajectoryOutcome?[]> FindStoredAsync(IReadOnlyList<TrajectoryBatch> items, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var stored = await ReadStoredAsync(connection, items, cancellationToken);
        var totals = await EpisodeCounters.ReadTotalsAsync(connection, Agents(items), cancellationToken);
        return
        [
            .. items.Select(item => item.Trajectories.All(trajectory =>
                stored.TryGetValue(trajectory.Id, out var owner) && owner == Identity.Of(trajectory)) ? Ended(item, totals) : null),
        ];
    }

    private async Task<Dictionary<AgentKey, AgentTotals>> WriteAsync(
        NpgsqlConnection connection,
        IReadOnlyList<TrajectoryBatch> items,
        Dictionary<Guid, Identity> known,
        WriteSize statement,
        CancellationToken cancellationToken)
    {
        var fresh = new List<TrajectoryRecord>();
        var episodes = new List<(TrajectoryRecord, AgentProgress)>();
        foreach (var item in items.Where(item => FindTaken(item, known) is null))
        {
            TrajectoryRecord[] added =
            [
                .. item.Trajectories.Where(trajectory => known.TryAdd(trajectory.Id, Identity.Of(trajectory))),
            ];
            fresh.AddRange(added);
            if (item.Agent is { } agent)
            {
                episodes.AddRange(added.Select(trajectory => (trajectory, agent)));
            }
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.LimitLockWaitAsync(cancellationToken);
        await TrajectoryCopy.WriteAsync(connection, fresh, (int)statement.Rows, cancellationToken);
        var totals = await CountAsync(connection, fresh, episodes, cancellationToken);
        // What was stored before moves no counter now.
        AgentKey[] others = [.. Agents(items).Where(agent => !totals.ContainsKey(agent))];
        foreach (var (agent, found) in await EpisodeCounters.ReadTotalsAsync(connection, others, cancellationToken))
        {
            totals[agent] = found;
        }

        await transaction.CommitAsync(cancellationToken);
        return totals;
    }

    /// <summary>Moves the counters of sessions and agents, in one round trip.</summary>
    private async Task<Dictionary<AgentKey, AgentTotals>> CountAsync(
        NpgsqlConnection connection,
        List<TrajectoryRecord> trajectories,
        List<(TrajectoryRecord, AgentProgress)> episodes,
        CancellationToken cancellationToken)
    {
        var totals = new Dictionary<AgentKey, AgentTotals>();
        await using var batch = new NpgsqlBatch(connection);
        batch.MarkAsOwn();
        if (EpisodeCounters.AddToSessionsOf(trajectories) is { } sessions)
        {
            batch.BatchCommands.Add(sessions);
        }

        if (EpisodeCounters.AddToAgentsOf(episodes) is { } agents)
        {
            batch.BatchCommands.Add(agents);
        }

        if (batch.BatchCommands.Count == 1)
        {
            return totals;
        }

        await _preparer.PrepareAsync(batch, trajectories.Count, cancellationToken);

        // After the mark only the agents' statement returns rows.
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
            await EpisodeCounters.ReadTotalsAsync(reader, totals, cancellationToken);
        }

        return totals;
    }

    private static AgentKey[] Agents(IEnumerable<TrajectoryBatch> items) =>
        [.. items.Where(item => item.Agent is not null).Select(item => item.Agent!.Agent).Distinct()];

    private static TrajectoryOutcome Ended(TrajectoryBatch item, Dictionary<AgentKey, AgentTotals> totals) =>
        item.Agent is { } agent && totals.TryGetValue(agent.Agent, out var found)
            ? new TrajectoryOutcome(Totals: found)
            : TrajectoryOutcome.Stored;

    /// <summary>The id of a trajectory that another one has.</summary>
    private static Guid? FindTaken(TrajectoryBatch item, Dictionary<Guid, Identity> known) => item.Trajectories
        .Where(trajectory => known.TryGetValue(trajectory.Id, out var owner) && owner != Identity.Of(trajectory))
        .Select(trajectory => (Guid?)trajectory.Id).FirstOrDefault();

    private static TrajectoryOutcome Refused(Guid taken) => new(InvalidInputException.For(
        "trajectory id", taken, "another trajectory has it", TrajectoryCheck.AllowedIds));

    private static async Task<Dictionary<Guid, Identity>> ReadStoredAsync(
        NpgsqlConnection connection, IEnumerable<TrajectoryBatch> items, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Stored, connection);
        command.Parameters.AddArray(items.SelectMany(item => item.Trajectories).Select(trajectory => trajectory.Id), NpgsqlDbType.Uuid);
        var stored = await command.ReadAllAsync(
            reader => (Id: reader.GetGuid(0), Identity: new Identity(reader.GetString(1), reader.GetString(2))), cancellationToken);
        return stored.ToDictionary(row => row.Id, row => row.Identity);
    }

    /// <summary>What a trajectory has in common with itself when it is sent again.</summary>
    private readonly record struct Identity(string AgentType, string TaskId)
    {
        public static Identity Of(TrajectoryRecord trajectory) => new(trajectory.AgentType, trajectory.TaskId);
    }
}
