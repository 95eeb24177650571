using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Status;

/// <summary>Reads how the database is: sizes, dead rows, Q-values, patterns, and which indexes are used.</summary>
/// <param name="dataSource">The database.</param>
public sealed class DatabaseStatisticsReader(NpgsqlDataSource dataSource)
{
    private const string Server = $"""
        select pg_database_size(current_database()),
               {ServerConnections.Used},
               {ServerConnections.Allowed}
        """;

    // All tables of the schema that q_values is found in.
    private const string Tables = """
        select s.relname, s.n_live_tup, s.n_dead_tup, pg_table_size(s.relid), pg_indexes_size(s.relid),
               s.n_tup_hot_upd::float8 / nullif(s.n_tup_upd, 0), greatest(s.last_vacuum, s.last_autovacuum)
        from pg_stat_user_tables s
        join pg_class c on c.oid = s.relid
        where c.relnamespace = (select relnamespace from pg_class where oid = 'q_values'::regclass)
        order by pg_total_relation_size(s.relid) desc, s.relname
        """;

    private const string QValues = """
        select agent_type, count(*), count(distinct state_hash), min(q_value)::float8, avg(q_value)::float8, max(q_value)::float8,
               avg(visit_count)::float8, avg(nullif(confidence_score, 'NaN'))::float8
        from q_values where (expires_at is null or expires_at > now()) and q_value <> 'NaN'
        group by agent_type order by count(*) desc, agent_type
        """;

    private const string Summary = """
        select agent_type, total_sessions, total_trajectories, successful_trajectories, nullif(avg_reward, 'NaN')::float8,
               avg_execution_time_ms::float8, unique_patterns, active_instances
        from agent_performance_summary
        where total_sessions + total_trajectories + unique_patterns + active_instances > 0
        order by total_trajectories desc, agent_type
        """;

    private const string TopPatterns = """
        select agent_type, pattern_name, usage_count, success_rate::float8, nullif(avg_reward, 'NaN')::float8
        from pattern_effectiveness where usage_count > 0
        order by success_rate desc, usage_count desc, pattern_name limit 10
        """;

    private const string Indexes = """
        select s.relname, s.indexrelname, pg_relation_size(s.indexrelid), s.idx_scan, i.indisunique
        from pg_stat_user_indexes s
        join pg_index i on i.indexrelid = s.indexrelid
        join pg_class c on c.oid = s.relid
        where c.relnamespace = (select relnamespace from pg_class where oid = 'q_values'::regclass)
        order by s.idx_scan, pg_relation_size(s.indexrelid) desc, s.indexrelname
        """;

    /// <summary>Reads the statistics.</summary>
    /// <param name="cancellationToken">Ends the queries.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public Task<DatabaseStatistics> ReadAsync(CancellationToken cancellationToken) =>
        ReadAllAsync(cancellationToken).OrUnavailableAsync("tell the database's statistics");

    private async Task<DatabaseStatistics> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var server = (await ReadAsync(Server, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))))[0];
        return new DatabaseStatistics(
            server.Item1,
            server.Item2,
            server.Item3,
            await ReadAsync(Tables, ReadTable),
            await ReadAsync(QValues, ReadQValues, readsAllQValues: true),
            await ReadAsync(Summary, ReadSummary),
            await ReadAsync(TopPatterns, ReadPattern),
            await ReadAsync(Indexes, ReadIndex));

        async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, bool readsAllQValues = false)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.CommandTimeout = readsAllQValues ? 0 : command.CommandTimeout;
            return await command.ReadAllAsync(read, cancellationToken);
        }
    }

    private static TableStatistics ReadTable(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetOrNull<double>(5),
        row.GetTimeOrNull(6));

    private static QValueStatistics ReadQValues(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5), row.GetDouble(6),
        row.GetOrNull<double>(7));

    private static PerformanceSummary ReadSummary(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetOrNull<double>(4), row.GetOrNull<double>(5),
        row.GetInt64(6), row.GetInt64(7));

    private static TopPattern ReadPattern(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetDouble(3), row.GetOrNull<double>(4));

    private static IndexStatistics ReadIndex(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4));
}
