using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Rewards;

/// <summary>Reads of late rewards what PostgreSQL has.</summary>
/// <param name="dataSource">The database.</param>
public sealed class LateRewardStore(NpgsqlDataSource dataSource) : ILateRewardStore
{
    // As the index uq_rewards_delayed says it: without it all rewards of the state and action are read.
    private const string Stored = """
        select d.place from unnest($2::varchar[], $3::varchar[], $4::uuid[]) with ordinality as d (state_hash, action_hash, id, place)
        where exists (select from rewards r
                      where r.agent_type = $1 and r.state_hash = d.state_hash and r.action_hash = d.action_hash
                        and r.reward_type = 'delayed' and r.metadata @> '{"learned": true}' and r.metadata ->> 'id' = d.id::text)
        """;

    private const string Sessions = "select trajectory_id, session_id from trajectories where trajectory_id = any($2) and agent_type = $1";

    /// <inheritdoc />
    public async Task<IReadOnlyList<DelayedReward>> FindStoredAsync(
        string agentType, DelayedReward[] rewards, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        await using var command = dataSource.CreateCommand(Stored);
        command.Parameters
            .AddText(agentType)
            .AddArray(rewards.Select(reward => reward.State.ToString()), NpgsqlDbType.Varchar)
            .AddArray(rewards.Select(reward => reward.Action.ToString()), NpgsqlDbType.Varchar)
            .AddArray(rewards.Select(reward => reward.Id), NpgsqlDbType.Uuid);
        return await command.ReadAllAsync(reader => rewards[reader.GetInt64(0) - 1], cancellationToken)
            .OrUnavailableAsync("look up late rewards");
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(
        string agentType, Guid[] trajectories, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sessions);
        command.Parameters.AddText(agentType).AddArray(trajectories, NpgsqlDbType.Uuid);
        var found = await command
            .ReadAllAsync(reader => (Trajectory: reader.GetGuid(0), Session: reader.GetOrNull<Guid>(1)), cancellationToken)
            .OrUnavailableAsync("look up trajectories");
        return found.ToDictionary(row => row.Trajectory, row => row.Session);
    }
}
