using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Status;

/// <summary>Reads what the database knows of a cluster; asks no silo, so it activates no grain.</summary>
/// <param name="dataSource">The database.</param>
public sealed class ClusterStatusReader(NpgsqlDataSource dataSource)
{
    private const string Silos = """
        select address || ':' || port, proxy_port, host_name, start_time, i_am_alive_time
        from orleans_membership where deployment_id = $1 and status = 3 order by start_time
        """;

    private const string AgentTypes = """
        select a.agent_type, coalesce(q.q_values, 0), coalesce(q.states, 0), coalesce(q.visits, 0), coalesce(t.trajectories, 0),
               q.last_updated, coalesce(o.epoch, 0)
        from agent_types a
        left join (select agent_type, count(*) as q_values, count(distinct state_hash) as states,
                          sum(greatest(visit_count, 0))::bigint as visits, max(last_updated) as last_updated
                   from q_values where expires_at is null or expires_at > now() group by agent_type) q using (agent_type)
        left join (select agent_type, count(*) as trajectories from trajectories group by agent_type) t using (agent_type)
        left join (select agent_type, max(epoch) as epoch from q_table_owners group by agent_type) o using (agent_type)
        order by a.agent_type
        """;

    private const string Size = "select pg_database_size(current_database())";

    /// <summary>Reads the status.</summary>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="cancellationToken">Ends the queries.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public Task<ClusterStatus> ReadAsync(string clusterId, CancellationToken cancellationToken) =>
        ReadAllAsync(clusterId, cancellationToken).OrUnavailableAsync("tell the cluster's status");

    private async Task<ClusterStatus> ReadAllAsync(string clusterId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var silos = new NpgsqlCommand(Silos, connection);
        silos.Parameters.AddText(clusterId);
        // It reads all of q_values.
        await using var agentTypes = new NpgsqlCommand(AgentTypes, connection) { CommandTimeout = 0 };
        await using var size = new NpgsqlCommand(Size, connection);
        await using var maintenance = new NpgsqlCommand(MaintenanceRuns.Sql, connection);
        return new ClusterStatus(
            await silos.ReadAllAsync(ReadSilo, cancellationToken),
            await agentTypes.ReadAllAsync(ReadAgentType, cancellationToken),
            (long)(await size.ExecuteScalarAsync(cancellationToken))!,
            MaintenanceRuns.Parse(await maintenance.ExecuteScalarAsync(cancellationToken) as string));
    }

    private static SiloStatus ReadSilo(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetTime(3), reader.GetTime(4));

    private static AgentTypeStatus ReadAgentType(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetInt64(1),
        reader.GetInt64(2),
        reader.GetInt64(3),
        reader.GetInt64(4),
        reader.GetTimeOrNull(5),
        reader.GetInt64(6));
}
