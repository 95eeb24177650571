using Npgsql;

namespace QLearning.Bench.Rivals;

/// <summary>PgBouncer in transaction mode before the PostgreSQL of a benchmark.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly RivalProcess _server;
    private readonly DirectoryInfo _folder;

    private PgBouncer(RivalProcess server, DirectoryInfo folder, NpgsqlDataSource database) =>
        (_server, _folder, Database) = (server, folder, database);

    /// <summary>The database behind it.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Starts it.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="connections">How many connections it has to the database.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null when it is not installed.</returns>
    public static async Task<PgBouncer?> StartAsync(string connectionString, int connections, CancellationToken cancellationToken)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var port = RivalProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("qlearning-pgbouncer-");
        var settings = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            FormattableString.Invariant($"""
            [databases]
            {given.Database} = host={given.Host} port={given.Port} user={given.Username} password={given.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {connections}
            max_client_conn = 1000
            ignore_startup_parameters = extra_float_digits,search_path
            {(Environment.IsPrivilegedProcess ? "user = nobody" : "")}
            """),
            cancellationToken);
        if (await RivalProcess.StartAsync("pgbouncer", ["-q", settings], port, cancellationToken) is not { } server)
        {
            folder.Delete(recursive: true);
            return null;
        }

        // Transaction mode: no session state, so no prepared statements, and nothing to reset.
        var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = port,
            MinPoolSize = connections,
            MaxPoolSize = connections,
            NoResetOnClose = true,
            Timeout = 0,
        });
        return new PgBouncer(server, folder, database);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
