using Npgsql;

namespace QLearning.Bench.Chaos;

/// <summary>Reads what is there after a fault.</summary>
internal static class StoredReader
{
    private const string Visits = "select agent_type, state_hash, visit_count from q_values where agent_type = any($1)";
    private const string Trajectories = "select trajectory_id from trajectories";

    public static async Task<Stored> ReadAsync(ChaosCluster cluster, ChaosLoad load, CancellationToken cancellationToken)
    {
        var visits = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var command = cluster.Database.CreateCommand(Visits))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. ChaosLoad.AgentTypes] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                visits[KeyText.Of(reader.GetString(0), reader.GetString(1))] = reader.GetInt32(2);
            }
        }

        var trajectories = new List<string>();
        await using (var command = cluster.Database.CreateCommand(Trajectories))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                trajectories.Add(reader.GetGuid(0).ToString());
            }
        }

        var hot = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var type in ChaosLoad.AgentTypes)
        {
            hot[type] = (await load.Client.AgentType(type).GetStatisticsAsync(cancellationToken)).Visits;
        }

        return new Stored(visits, trajectories, hot);
    }
}
