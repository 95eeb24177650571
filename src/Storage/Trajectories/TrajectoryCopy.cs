using Npgsql;
using NpgsqlTypes;

namespace QLearning.Storage.Trajectories;

/// <summary>Writes rows of <c>trajectories</c> and <c>rewards</c> by binary COPY.</summary>
internal static class TrajectoryCopy
{
    private const string CopyTrajectories = """
        copy trajectories (trajectory_id, agent_type, session_id, task_id, initial_state, final_state, actions_taken, states_visited,
                           step_rewards, total_reward, discounted_reward, execution_time_ms, success, error_message, started_at,
                           completed_at, expires_at, metadata)
        from stdin (format binary)
        """;

    private const string CopyRewards = """
        copy rewards (agent_type, session_id, trajectory_id, state_hash, action_hash, reward_value, reward_type, reward_source,
                      observed_at, metadata)
        from stdin (format binary)
        """;

    private const string NotLearned = "{}";
    private const string Learned = """{"learned": true}""";

    /// <summary>
    /// Writes trajectories and then their rewards. COPY streams, so what one statement sends may be large; but it may take only as long as
    /// the server lets a statement take.
    /// </summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="trajectories">The trajectories.</param>
    /// <param name="rows">How many rows one statement may write, 1 or more.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<TrajectoryRecord> trajectories, int rows, CancellationToken cancellationToken)
    {
        foreach (var some in trajectories.Chunk(rows))
        {
            await using var importer = await connection.BeginBinaryImportAsync(CopyTrajectories, cancellationToken);
            foreach (var trajectory in some)
            {
                await WriteRowAsync(importer, trajectory, cancellationToken);
            }

            await importer.CompleteAsync(cancellationToken);
        }

        foreach (var some in trajectories.SelectMany(one => one.Rewards.Select(reward => ToRow(one, reward))).Chunk(rows))
        {
            await using var importer = await connection.BeginBinaryImportAsync(CopyRewards, cancellationToken);
            foreach (var reward in some)
            {
                await WriteRowAsync(importer, reward, cancellationToken);
            }

            await importer.CompleteAsync(cancellationToken);
        }
    }

    private static RewardRow ToRow(TrajectoryRecord trajectory, RewardRecord reward) => new(
        trajectory.AgentType,
        trajectory.SessionId,
        trajectory.Id,
        reward.StateHash,
        reward.ActionHash,
        reward.Value,
        reward.Type,
        trajectory.RewardSource,
        trajectory.CompletedAt,
        trajectory.IsLearned ? Learned : NotLearned);

    private static async Task WriteRowAsync(NpgsqlBinaryImporter importer, TrajectoryRecord row, CancellationToken cancellationToken)
    {
        await importer.StartRowAsync(cancellationToken);
        await importer.WriteAsync(row.Id, NpgsqlDbType.Uuid, cancellationToken);
        await importer.WriteAsync(row.AgentType, NpgsqlDbType.Varchar, cancellationToken);
        await WriteNullableAsync(importer, row.SessionId, cancellationToken);
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

    private static async Task WriteRowAsync(NpgsqlBinaryImporter importer, RewardRow row, CancellationToken cancellationToken)
    {
        await importer.StartRowAsync(cancellationToken);
        await importer.WriteAsync(row.AgentType, NpgsqlDbType.Varchar, cancellationToken);
        await WriteNullableAsync(importer, row.SessionId, cancellationToken);
        await WriteNullableAsync(importer, row.TrajectoryId, cancellationToken);
        await importer.WriteAsync(row.StateHash, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(row.ActionHash, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync((decimal)row.Value, NpgsqlDbType.Numeric, cancellationToken);
        await importer.WriteAsync(row.Type, NpgsqlDbType.Varchar, cancellationToken);
        await WriteNullableAsync(importer, row.Source, NpgsqlDbType.Varchar, cancellationToken);
        await importer.WriteAsync(row.ObservedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken);
        await importer.WriteAsync(row.Metadata, NpgsqlDbType.Jsonb, cancellationToken);
    }

    private static Task WriteNullableAsync(
        NpgsqlBinaryImporter importer, string? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? importer.WriteNullAsync(cancellationToken) : importer.WriteAsync(value, type, cancellationToken);

    private static Task WriteNullableAsync(NpgsqlBinaryImporter importer, Guid? value, CancellationToken cancellationToken) =>
        value is { } id ? importer.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken) : importer.WriteNullAsync(cancellationToken);

    private readonly record struct RewardRow(
        string AgentType,
        Guid? SessionId,
        Guid? TrajectoryId,
        string StateHash,
        string ActionHash,
        double Value,
        string Type,
        string? Source,
        DateTimeOffset ObservedAt,
        string Metadata);
}
