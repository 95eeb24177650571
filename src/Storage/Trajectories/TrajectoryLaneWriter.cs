using Npgsql;
using NpgsqlTypes;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Trajectories;

/// <summary>How the storing of one hand-over of trajectories ended; no error means it is committed.</summary>
internal sealed record TrajectoryOutcome(Exception? Error = null)
{
    public static TrajectoryOutcome Stored { get; } = new();
}

/// <summary>Writes the trajectories and rewards of several callers by binary COPY in one transaction.</summary>
/// <param name="dataSource">The database.</param>
internal sealed class TrajectoryLaneWriter(NpgsqlDataSource dataSource) : ILaneWriter<IReadOnlyList<TrajectoryRecord>, TrajectoryOutcome>
{
    private const string CopyTrajectories = """
        copy trajectories (trajectory_id, agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                           total_reward, discounted_reward, execution_time_ms, success, error_message, started_at, completed_at,
                           expires_at, metadata)
        from stdin (format binary)
        """;

    private const string CopyRewards = """
        copy rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type, reward_source, observed_at)
        from stdin (format binary)
        """;

    private const string Stored = "select trajectory_id from trajectories where trajectory_id = any($1)";

    public string Kind => "trajectories";

    public int CountRows(IReadOnlyList<TrajectoryRecord> item) => item.Sum(trajectory => 1 + trajectory.Rewards.Count);

    public string NameOwner(IReadOnlyList<TrajectoryRecord> item) => item[0].AgentType;

    public TrajectoryOutcome Fail(FlushStatus status, Exception error) => new(error);

    public bool IsFenced(TrajectoryOutcome outcome) => false;

    public async Task<TrajectoryOutcome[]> WriteAsync(
        IReadOnlyList<IReadOnlyList<TrajectoryRecord>> items, CancellationToken cancellationToken)
    {
        TrajectoryRecord[] trajectories = [.. items.SelectMany(item => item)];
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await CopyAsync(connection, trajectories, cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // A caller that got no answer sends its trajectory again: what is stored already counts as done.
            var stored = await ReadStoredAsync(connection, trajectories, cancellationToken);
            await CopyAsync(connection, [.. trajectories.DistinctBy(t => t.Id).Where(t => !stored.Contains(t.Id))], cancellationToken);
        }

        return [.. items.Select(_ => TrajectoryOutcome.Stored)];
    }

    public async Task<TrajectoryOutcome?[]> FindStoredAsync(
        IReadOnlyList<IReadOnlyList<TrajectoryRecord>> items, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var stored = await ReadStoredAsync(connection, items.SelectMany(item => item), cancellationToken);
        return [.. items.Select(item => item.All(trajectory => stored.Contains(trajectory.Id)) ? TrajectoryOutcome.Stored : null)];
    }

    private static async Task CopyAsync(NpgsqlConnection connection, TrajectoryRecord[] trajectories, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var importer = await connection.BeginBinaryImportAsync(CopyTrajectories, cancellationToken))
        {
            foreach (var trajectory in trajectories)
            {
                await WriteRowAsync(importer, trajectory, cancellationToken);
            }

            await importer.CompleteAsync(cancellationToken);
        }

        await using (var importer = await connection.BeginBinaryImportAsync(CopyRewards, cancellationToken))
        {
            foreach (var trajectory in trajectories)
            {
                foreach (var reward in trajectory.Rewards)
                {
                    await WriteRowAsync(importer, trajectory, reward, cancellationToken);
                }
            }

            await importer.CompleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task WriteRowAsync(NpgsqlBinaryImporter importer, TrajectoryRecord row, CancellationToken cancellationToken)
    {
        await importer.StartRowAsync(cancellationToken);
        await importer.WriteAsync(row.Id, NpgsqlDbType.Uuid, cancellationToken);
        await importer.WriteAsync(row.AgentType, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(row.TaskId, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(row.InitialState, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(row.FinalState, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(row.ActionsTaken, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(row.StatesVisited, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync(row.StepRewards, NpgsqlDbType.Jsonb, cancellationToken);
        await importer.WriteAsync((decimal)row.TotalReward, NpgsqlDbType.Numeric, cancellationToken);
        await importer.WriteAsync((decimal)row.DiscountedReward, NpgsqlDbType.Numeric, cancellationToken);
        await importer.WriteAsync((int)row.ExecutionTime.TotalMilliseconds, NpgsqlDbType.Integer, cancellationToken);
        await importer.WriteAsync(row.Success, NpgsqlDbType.Boolean, cancellationToken);
        await WriteNullableAsync(importer, row.ErrorMessage, NpgsqlDbType.Text, cancellationToken);
        await importer.WriteAsync(row.StartedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken);
        await importer.WriteAsync(row.CompletedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken);
        await importer.WriteAsync(row.ExpiresAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken);
        await importer.WriteAsync(row.Metadata, NpgsqlDbType.Jsonb, cancellationToken);
    }

    private static async Task WriteRowAsync(
        NpgsqlBinaryImporter importer, TrajectoryRecord trajectory, RewardRecord reward, CancellationToken cancellationToken)
    {
        await importer.StartRowAsync(cancellationToken);
        await importer.WriteAsync(trajectory.AgentType, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(trajectory.Id, NpgsqlDbType.Uuid, cancellationToken);
        await importer.WriteAsync(reward.StateHash, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(reward.ActionHash, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync((decimal)reward.Value, NpgsqlDbType.Numeric, cancellationToken);
        await importer.WriteAsync(reward.Type, NpgsqlDbType.Varchar, cancellationToken);
        await WriteNullableAsync(importer, trajectory.RewardSource, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(trajectory.CompletedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken);
    }

    private static Task WriteNullableAsync(NpgsqlBinaryImporter importer, string? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? importer.WriteNullAsync(cancellationToken) : importer.WriteAsync(value, type, cancellationToken);

    private static async Task<HashSet<Guid>> ReadStoredAsync(
        NpgsqlConnection connection, IEnumerable<TrajectoryRecord> trajectories, CancellationToken cancellationToken)
    {
        var stored = new HashSet<Guid>();
        await using var command = new NpgsqlCommand(Stored, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. trajectories.Select(trajectory => trajectory.Id)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
        });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(reader.GetGuid(0));
        }

        return stored;
    }
}
