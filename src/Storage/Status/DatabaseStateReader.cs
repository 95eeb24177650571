using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Status;

/// <summary>Reads the state of PostgreSQL from its statistics: no table is read, so that it costs the same whatever they hold.</summary>
/// <param name="dataSource">The database.</param>
public sealed class DatabaseStateReader(NpgsqlDataSource dataSource)
{
    private const int TimeoutSeconds = 10;

    private const string Server = $"""
        select pg_database_size(current_database()),
               greatest(coalesce((select extract(epoch from max(clock_timestamp() - xact_start)) from pg_stat_activity
                                  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()),
                        0), 0)::float8,
               {ServerConnections.Used},
               {ServerConnections.Allowed}
        """;

    private const string Tables = """
        select c.relname, coalesce(pg_total_relation_size(c.oid), 0), pg_stat_get_live_tuples(c.oid), pg_stat_get_dead_tuples(c.oid),
               pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_hot_updated(c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relname = any($1) and c.relkind in ('r', 'm')
        order by c.relname
        """;

    private const string Indexes = """
        select t.relname, i.relname, coalesce(pg_relation_size(i.oid), 0)
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
             join pg_namespace n on n.oid = t.relnamespace
        where n.nspname = current_schema() and t.relname = any($1)
        order by t.relname, i.relname
        """;

    // Other programs may have any number of tables of their own in the schema.
    private static readonly string[] _tables =
    [
        "agent_types", "sessions", "q_values", "trajectories", "rewards", "patterns", "agent_states", "q_table_owners", "q_table_clients",
        "sql_changes", "pattern_uses", "idempotency_keys", "api_keys", "agent_performance_summary", "pattern_effectiveness",
    ];

    /// <summary>Reads the state.</summary>
    /// <param name="cancellationToken">Ends the queries.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public Task<DatabaseState> ReadAsync(CancellationToken cancellationToken) =>
        ReadAllAsync(cancellationToken).OrUnavailableAsync("tell PostgreSQL's state");

    private async Task<DatabaseState> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var server = Command(Server, connection);
        await using var tables = Command(Tables, connection);
        tables.Parameters.AddArray(_tables, NpgsqlDbType.Text);
        await using var indexes = Command(Indexes, connection);
        indexes.Parameters.AddArray(_tables, NpgsqlDbType.Text);
        await using var maintenance = Command(MaintenanceRuns.Sql, connection);
        var (bytes, oldest, used, allowed) = await server.ReadFirstAsync(
            reader => (reader.GetInt64(0), TimeSpan.FromSeconds(reader.GetDouble(1)), reader.GetInt64(2), reader.GetInt64(3)),
            cancellationToken);
        return new DatabaseState(
            bytes,
            oldest,
            used,
            allowed,
            await tables.ReadAllAsync(ReadTable, cancellationToken),
            await indexes.ReadAllAsync(
                reader => new IndexState(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)), cancellationToken),
            MaintenanceRuns.Parse(await maintenance.ExecuteScalarAsync(cancellationToken) as string));
    }

    private static TableState ReadTable(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection) =>
        new(sql, connection) { CommandTimeout = TimeoutSeconds };
}
