using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;

namespace QLearning.Storage.Trajectories;

/// <summary>Lists stored trajectories a page at a time; a page begins after the last row of the one before, so later pages cost no more.</summary>
/// <param name="dataSource">The database.</param>
public sealed class TrajectoryReader(NpgsqlDataSource dataSource) : ITrajectoryTotals
{
    private const string Rows = """
        select trajectory_id, agent_type, session_id, task_id, states_visited::text, actions_taken::text, step_rewards::text,
               final_state::text, total_reward, discounted_reward::float8, execution_time_ms, success, error_message, started_at,
               completed_at, coalesce(metadata, '{}')::text
        from trajectories
        where agent_type = $1
          and ($2::uuid is null or session_id = $2)
          and ($3::varchar is null or task_id = $3)
          and ($4::varchar is null or metadata ->> 'agent_instance' = $4)
          and ($5::boolean is null or success = $5)
        """;

    private const string Totals = """
        select jsonb_array_length(step_rewards), total_reward::float8, discounted_reward::float8 from trajectories where trajectory_id = $1
        """;

    private const string Recent = $"""
        {Rows} and ($6::timestamptz is null or (completed_at, trajectory_id) < ($6, $7))
        order by completed_at desc, trajectory_id desc limit $8
        """;

    private const string Best = $"""
        {Rows} and ($6::numeric is null or (total_reward, trajectory_id) < ($6, $7))
        order by total_reward desc, trajectory_id desc limit $8
        """;

    /// <inheritdoc />
    public async Task<(int Steps, double TotalReward, double DiscountedReward)?> FindTotalsAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = dataSource.CreateCommand(Totals);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), reader.GetDouble(1), reader.GetDouble(2)) : null;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"look up the trajectory '{id}'", error);
        }
    }

    /// <summary>Reads one page.</summary>
    /// <param name="query">Which trajectories; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<TrajectoryPage> ReadAsync(TrajectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        try
        {
            await using var command = dataSource.CreateCommand(query.Order == TrajectoryOrder.Best ? Best : Recent);
            AddParameters(command, query);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<StoredTrajectory>();
            TrajectoryCursor? last = null;
            while (rows.Count < query.Limit && await reader.ReadAsync(cancellationToken))
            {
                var row = Read(reader);
                rows.Add(row);
                last = new TrajectoryCursor(row.Id, row.CompletedAt, reader.GetDecimal(8));
            }

            // One row more than the limit was asked for: it says whether there is a next page.
            return new TrajectoryPage(rows, rows.Count == query.Limit && await reader.ReadAsync(cancellationToken) ? last : null);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"list trajectories of '{query.AgentType}'", error);
        }
    }

    private static void AddParameters(NpgsqlCommand command, TrajectoryQuery query)
    {
        Add(command, query.AgentType, NpgsqlDbType.Varchar);
        Add(command, query.SessionId, NpgsqlDbType.Uuid);
        Add(command, query.TaskId, NpgsqlDbType.Varchar);
        Add(command, query.Instance, NpgsqlDbType.Varchar);
        Add(command, query.Success, NpgsqlDbType.Boolean);
        if (query.Order == TrajectoryOrder.Best)
        {
            Add(command, query.After?.TotalReward, NpgsqlDbType.Numeric);
        }
        else
        {
            Add(command, query.After?.CompletedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        }

        Add(command, query.After?.Id, NpgsqlDbType.Uuid);
        Add(command, query.Limit + 1L, NpgsqlDbType.Bigint);
    }

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private static StoredTrajectory Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        AgentType = reader.GetString(1),
        SessionId = reader.IsDBNull(2) ? null : reader.GetGuid(2),
        TaskId = reader.GetString(3),
        StatesJson = reader.GetString(4),
        ActionsJson = reader.GetString(5),
        StepRewardsJson = reader.GetString(6),
        FinalStateJson = reader.GetString(7),
        TotalReward = (double)reader.GetDecimal(8),
        DiscountedReward = reader.GetDouble(9),
        ExecutionTime = TimeSpan.FromMilliseconds(reader.GetInt32(10)),
        Success = reader.GetBoolean(11),
        ErrorMessage = reader.IsDBNull(12) ? null : reader.GetString(12),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(13),
        CompletedAt = reader.GetFieldValue<DateTimeOffset>(14),
        MetadataJson = reader.GetString(15),
    };
}
