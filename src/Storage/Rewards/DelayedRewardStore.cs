using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;

namespace QLearning.Storage.Rewards;

/// <summary>Answers what must be known before delayed rewards are learned: which are stored already, and whether what they name exists.</summary>
/// <param name="dataSource">The database.</param>
public sealed class DelayedRewardStore(NpgsqlDataSource dataSource)
{
    private const string Stored = """
        select d.id from unnest($1::varchar[], $2::varchar[], $3::varchar[], $4::uuid[]) as d (agent_type, state_hash, action_hash, id)
        join rewards r on r.agent_type = d.agent_type and r.state_hash = d.state_hash and r.action_hash = d.action_hash
        where r.reward_type = 'delayed' and r.metadata ->> 'id' = d.id::text
        """;

    private const string Sessions = "select trajectory_id, agent_type, session_id from trajectories where trajectory_id = any($1)";

    /// <summary>Which of some rewards are stored.</summary>
    /// <param name="rewards">The rewards.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Their ids.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<IReadOnlySet<Guid>> FindStoredAsync(IReadOnlyCollection<DelayedRewardRecord> rewards, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return await ReadStoredAsync(connection, rewards, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller("look up delayed rewards", error);
        }
    }

    /// <summary>The sessions of some trajectories of an agent type.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="trajectories">The trajectories.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>By trajectory; a trajectory that does not exist or is of another type is missing.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(
        string agentType, Guid[] trajectories, CancellationToken cancellationToken)
    {
        try
        {
            var sessions = new Dictionary<Guid, Guid?>();
            await using var command = dataSource.CreateCommand(Sessions);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = trajectories, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetString(1) == agentType)
                {
                    sessions.Add(reader.GetGuid(0), reader.IsDBNull(2) ? null : reader.GetGuid(2));
                }
            }

            return sessions;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller("look up trajectories", error);
        }
    }

    internal static async Task<HashSet<Guid>> ReadStoredAsync(
        NpgsqlConnection connection, IEnumerable<DelayedRewardRecord> rewards, CancellationToken cancellationToken)
    {
        var stored = new HashSet<Guid>();
        DelayedRewardRecord[] asked = [.. rewards];
        if (asked.Length == 0)
        {
            return stored;
        }

        await using var command = new NpgsqlCommand(Stored, connection);
        AddArray(command, asked.Select(reward => reward.AgentType), NpgsqlDbType.Varchar);
        AddArray(command, asked.Select(reward => reward.StateHash), NpgsqlDbType.Varchar);
        AddArray(command, asked.Select(reward => reward.ActionHash), NpgsqlDbType.Varchar);
        AddArray(command, asked.Select(reward => reward.Id), NpgsqlDbType.Uuid);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored.Add(reader.GetGuid(0));
        }

        return stored;
    }

    private static void AddArray<T>(NpgsqlCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type });
}
