using Npgsql;

namespace QLearning.Bench.Chaos;

/// <summary>Reads what is there after a fault.</summary>
internal static class StoredReader
{
    private const string Visits = """
        select agent_type, state_hash, sum(visit_count)::bigint from q_values where agent_type = any($1) group by agent_type, state_hash
        """;

    private const string Trajectories = "select task_id from trajectories";

    private const string Rewards = "select metadata ->> 'id' from rewards where reward_type = 'delayed' and metadata ->> 'id' is not null";

    // Rewards of trajectories go with them.
    private const string Forget = """
        with late as (delete from rewards where reward_type = 'delayed' and metadata ->> 'id' = any($1))
        delete from trajectories where task_id = any($1)
        """;

    // What SQL programs wrote reaches the grains' memories by polling.
    private static readonly TimeSpan _longestPoll = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    public static async Task<Stored> ReadAsync(ChaosCluster cluster, ChaosLoad load, CancellationToken cancellationToken)
    {
        var began = load.Book.Now;
        while (true)
        {
            var stored = await ReadOnceAsync(cluster, load, cancellationToken);
            if (load.Book.Now - began > _longestPoll || stored.HotVisits.All(hot => hot.Value == SumOf(stored, hot.Key)))
            {
                return stored;
            }

            await Task.Delay(_pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Deletes trajectories and late rewards, so that a long run does not read more from round to round.</summary>
    public static async Task DeleteAsync(ChaosCluster cluster, string[] keys, CancellationToken cancellationToken)
    {
        await using var command = cluster.Database.CreateCommand(Forget);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = keys });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static long SumOf(Stored stored, string agentType) =>
        stored.Visits.Where(row => KeyText.IsOf(row.Key, agentType)).Sum(row => row.Value);

    private static async Task<Stored> ReadOnceAsync(ChaosCluster cluster, ChaosLoad load, CancellationToken cancellationToken)
    {
        var visits = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var command = cluster.Database.CreateCommand(Visits))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. load.AllTypes] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                visits[KeyText.Of(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
            }
        }

        var hot = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var type in load.AllTypes)
        {
            hot[type] = (await load.Client.AgentType(type).GetStatisticsAsync(cancellationToken)).Visits;
        }

        return new Stored(visits, await TextsAsync(cluster, Trajectories, cancellationToken), hot)
        {
            Rewards = await TextsAsync(cluster, Rewards, cancellationToken),
        };
    }

    private static async Task<List<string>> TextsAsync(ChaosCluster cluster, string sql, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await using var command = cluster.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}
