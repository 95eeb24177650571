using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Rewards;

/// <summary>Lists stored rewards a page at a time, the newest first.</summary>
/// <param name="dataSource">The database.</param>
public sealed class RewardReader(NpgsqlDataSource dataSource)
{
    // By idx_rewards_trajectory, idx_rewards_session or idx_rewards_state_action, and a sort of what they find; of a whole type along
    // idx_rewards_observed, which passes over the rewards of other types. The last row of the page before says by itself where it
    // stands: a time that SQL wrote may be one that .NET cannot say.
    private const string Page = """
        select reward_id, agent_type, session_id, trajectory_id, state_hash, action_hash, reward_value::float8, reward_type, reward_source,
               observed_at, coalesce(metadata, '{}')::text
        from rewards
        where agent_type = $1
          and ($2::uuid is null or trajectory_id = $2)
          and ($3::uuid is null or session_id = $3)
          and ($4::text is null or state_hash = $4)
          and ($5::text is null or action_hash = $5)
          and ($6::timestamptz is null or (observed_at, reward_id)
            < (coalesce((select l.observed_at from rewards l where l.reward_id = $7), $6), $7))
        order by observed_at desc, reward_id desc limit $8
        """;

    /// <summary>Reads one page.</summary>
    /// <param name="query">Which rewards; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<RewardPage> ReadAsync(RewardQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var command = dataSource.CreateCommand(Page);
        command.Parameters
            .AddText(query.AgentType)
            .AddValue(query.TrajectoryId, NpgsqlDbType.Uuid)
            .AddValue(query.SessionId, NpgsqlDbType.Uuid)
            .AddText(query.State?.ToString())
            .AddText(query.Action?.ToString())
            .AddValue(query.After?.ObservedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz)
            .AddValue(query.After?.Id, NpgsqlDbType.Bigint)
            .AddValue(query.Limit + 1L, NpgsqlDbType.Bigint);
        var rewards = await command.ReadAllAsync(Read, cancellationToken).OrUnavailableAsync($"list rewards of '{query.AgentType}'");
        return PageOf.Rows(
            rewards,
            query.Limit,
            static reward => new RewardCursor(reward.Id, reward.ObservedAt),
            static (page, next) => new RewardPage(page, next));
    }

    private static StoredReward Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        AgentType = reader.GetString(1),
        SessionId = reader.GetOrNull<Guid>(2),
        TrajectoryId = reader.GetOrNull<Guid>(3),
        State = reader.GetString(4),
        Action = reader.GetString(5),
        Reward = reader.GetDouble(6),
        Type = reader.GetString(7),
        Source = reader.GetTextOrNull(8),
        ObservedAt = reader.GetTime(9),
        MetadataJson = reader.GetString(10),
    };
}
