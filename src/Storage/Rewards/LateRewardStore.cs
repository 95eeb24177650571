using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;

namespace QLearning.Storage.Rewards;

/// <summary>Reads of late rewards what PostgreSQL has.</summary>
/// <param name="dataSource">The database.</param>
public sealed class LateRewardStore(NpgsqlDataSource dataSource) : ILateRewardStore
{
    private const string Stored = """
        select d.place from unnest($2::varchar[], $3::varchar[], $4::uuid[]) with ordinality as d (state_hash, action_hash, id, place)
        where exists (select from rewards r
                      where r.agent_type = $1 and r.state_hash = d.state_hash and r.action_hash = d.action_hash
                        and r.reward_type = 'delayed' and r.metadata ->> 'id' = d.id::text)
        """;

    private const string Sessions = "select trajectory_id, session_id from trajectories where trajectory_id = any($2) and agent_type = $1";

    /// <inheritdoc />
    public async Task<IReadOnlyList<DelayedReward>> FindStoredAsync(
        string agentType, DelayedReward[] rewards, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        try
        {
            var stored = new List<DelayedReward>();
            await using var command = Command(Stored, agentType);
            AddArray(command, rewards.Select(reward => reward.State.ToString()), NpgsqlDbType.Varchar);
            AddArray(command, rewards.Select(reward => reward.Action.ToString()), NpgsqlDbType.Varchar);
            AddArray(command, rewards.Select(reward => reward.Id), NpgsqlDbType.Uuid);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                stored.Add(rewards[reader.GetInt64(0) - 1]);
            }

            return stored;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller("look up late rewards", error);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(
        string agentType, Guid[] trajectories, CancellationToken cancellationToken)
    {
        try
        {
            var sessions = new Dictionary<Guid, Guid?>();
            await using var command = Command(Sessions, agentType);
            AddArray(command, trajectories, NpgsqlDbType.Uuid);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                sessions.Add(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
            }

            return sessions;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller("look up trajectories", error);
        }
    }

    private NpgsqlCommand Command(string sql, string agentType)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
        return command;
    }

    private static void AddArray<T>(NpgsqlCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type });
}
