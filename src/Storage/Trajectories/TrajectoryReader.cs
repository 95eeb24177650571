using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Trajectories;

/// <summary>
/// Lists stored trajectories a page at a time; a page begins after the last row of the one before, so later pages cost no more.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class TrajectoryReader(NpgsqlDataSource dataSource) : ITrajectoryTotals
{
    private const string Rows = """
        select trajectory_id, agent_type, session_id, task_id, states_visited::text, actions_taken::text, step_rewards::text,
               final_state::text, nullif(total_reward, 'NaN'), discounted_reward::float8, execution_time_ms, success, error_message,
               started_at, completed_at, coalesce(metadata, '{}')::text, coalesce(metadata @> '{"truncated": true}', false)
        from trajectories
        where agent_type = $1
          and ($2::uuid is null or session_id = $2)
          and ($3::varchar is null or task_id = $3)
          and ($4::varchar is null or metadata ->> 'agent_instance' = $4)
          and ($5::boolean is null or success = $5)
        """;

    private const string Totals = """
        select case when jsonb_typeof(step_rewards) = 'array' then jsonb_array_length(step_rewards) else 0 end,
               total_reward::float8, discounted_reward::float8
        from trajectories where trajectory_id = $2 and agent_type = $1
        """;

    // The client of such numbers is the episode. All three columns of the key are named: the table has a row for each episode of a day.
    private const string OfEpisode = """
        select exists (select from trajectories where trajectory_id = $2),
               exists (select from q_table_clients
                       where agent_type = $1 and client_id = $2
                         and partition = any (array(select o.partition from q_table_owners o where o.agent_type = $1)))
        """;

    // The last row of the page before says by itself where it stands: a time or a reward that SQL wrote may be one that .NET cannot say.
    private const string CountStored = "select count(*)::int from trajectories where trajectory_id = any ($2) and agent_type = $1";

    private const string Recent = $"""
        {Rows} and ($6::timestamptz is null or (completed_at, trajectory_id)
            < (coalesce((select l.completed_at from trajectories l where l.trajectory_id = $7), $6), $7))
        order by completed_at desc, trajectory_id desc limit $8
        """;

    private const string Best = $"""
        {Rows} and ($6::numeric is null or (total_reward, trajectory_id)
            < (coalesce((select l.total_reward from trajectories l where l.trajectory_id = $7), $6), $7))
        order by total_reward desc, trajectory_id desc limit $8
        """;

    /// <inheritdoc />
    public async Task<(int Steps, double TotalReward, double DiscountedReward)?> FindTotalsAsync(
        string agentType, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Totals);
        command.Parameters.AddText(agentType).AddValue(id, NpgsqlDbType.Uuid);
        var found = await command.ReadAllAsync(reader => (reader.GetInt32(0), reader.GetDouble(1), reader.GetDouble(2)), cancellationToken)
            .OrUnavailableAsync($"look up the trajectory '{id}'");
        return found is [var totals] ? totals : null;
    }

    /// <inheritdoc />
    public async Task<(bool IsStored, bool IsLearned)> FindEpisodeAsync(string agentType, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(OfEpisode);
        command.Parameters.AddText(agentType).AddValue(id, NpgsqlDbType.Uuid);
        return await command.ReadFirstAsync(reader => (reader.GetBoolean(0), reader.GetBoolean(1)), cancellationToken)
            .OrUnavailableAsync($"look up the episode '{id}'");
    }

    /// <inheritdoc />
    public async Task<int> CountStoredAsync(string agentType, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(CountStored);
        command.Parameters.AddText(agentType).AddArray(ids, NpgsqlDbType.Uuid);
        return await command.ReadFirstAsync(reader => reader.GetInt32(0), cancellationToken).OrUnavailableAsync("look up trajectories");
    }

    /// <summary>Reads one page.</summary>
    /// <param name="query">Which trajectories; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<TrajectoryPage> ReadAsync(TrajectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var command = dataSource.CreateCommand(query.Order == TrajectoryOrder.Best ? Best : Recent);
        AddParameters(command.Parameters, query);
        var rows = await command
            .ReadAllAsync(
                reader => (Trajectory: Read(reader), Reward: reader.GetOrNull<decimal>(8) ?? decimal.MaxValue), cancellationToken)
            .OrUnavailableAsync($"list trajectories of '{query.AgentType}'");

        // One row more than the limit was asked for: it says whether there is a next page.
        var page = rows.Take(query.Limit).ToList();
        var next = rows.Count > page.Count && page is [.., var last]
            ? new TrajectoryCursor(last.Trajectory.Id, last.Trajectory.CompletedAt, last.Reward)
            : null;
        return new TrajectoryPage([.. page.Select(row => row.Trajectory)], next);
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, TrajectoryQuery query)
    {
        parameters
            .AddText(query.AgentType)
            .AddValue(query.SessionId, NpgsqlDbType.Uuid)
            .AddText(query.TaskId)
            .AddText(query.Instance)
            .AddValue(query.Success, NpgsqlDbType.Boolean);
        if (query.Order == TrajectoryOrder.Best)
        {
            parameters.AddValue(query.After?.TotalReward, NpgsqlDbType.Numeric);
        }
        else
        {
            parameters.AddValue(query.After?.CompletedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        }

        parameters.AddValue(query.After?.Id, NpgsqlDbType.Uuid).AddValue(query.Limit + 1L, NpgsqlDbType.Bigint);
    }

    private static StoredTrajectory Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        AgentType = reader.GetString(1),
        SessionId = reader.GetOrNull<Guid>(2),
        TaskId = reader.GetString(3),
        StatesJson = reader.GetString(4),
        ActionsJson = reader.GetString(5),
        StepRewardsJson = reader.GetString(6),
        FinalStateJson = reader.GetString(7),
        TotalReward = (double?)reader.GetOrNull<decimal>(8) ?? double.NaN,
        DiscountedReward = reader.GetDouble(9),
        ExecutionTime = TimeSpan.FromMilliseconds(reader.GetInt32(10)),
        Success = reader.GetBoolean(11),
        ErrorMessage = reader.GetTextOrNull(12),
        StartedAt = reader.GetTime(13),
        CompletedAt = reader.GetTime(14),
        MetadataJson = reader.GetString(15),
        Truncated = reader.GetBoolean(16),
    };
}
