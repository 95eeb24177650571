using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Postgres;

namespace QLearning.TestingHost;

/// <summary>
/// The PostgreSQL that the clusters of this process share: the server that <c>QLEARNING_TEST_POSTGRES</c> names by a connection string,
/// else a private one in a temporary folder, started when first asked for and gone with the process.
/// </summary>
internal static class PrivateServer
{
    /// <summary>The environment variable that names a server to test against.</summary>
    public const string Variable = "QLEARNING_TEST_POSTGRES";

    private const int LargestPool = 10;
    private const int FirstWithStrategies = 15;
    private static readonly Lazy<Task<string>> _server = new(StartAsync);
    private static Process? _janitor;
    private static EmbeddedPostgres? _embedded;

    /// <summary>The connection string of one of its databases; pools are small because many tests run at once.</summary>
    /// <param name="database">The database's name, or null for the one to connect to when making others.</param>
    public static async Task<string> ConnectionStringAsync(string? database = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(await _server.Value) { MaxPoolSize = LargestPool };
        builder.Database = database ?? builder.Database;
        return builder.ConnectionString;
    }

    /// <summary>
    /// How a database is copied: the private server does not wait for the disk, so that a checkpoint and a copy of files takes half of the
    /// time that a copy through the log does. PostgreSQL 14 knows no other way.
    /// </summary>
    public static async Task<string> CopyStrategyAsync()
    {
        await _server.Value;
        return _embedded is { MajorVersion: >= FirstWithStrategies } ? " strategy file_copy" : "";
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return given;
        }

        var folder = Directory.CreateTempSubdirectory("qlearning-tests-").FullName;
        _janitor = ServerJanitor.Watch(folder);
        var options = new EmbeddedPostgresOptions { Folder = folder, Fsync = false };
        _embedded = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        return _embedded.ConnectionString;
    }
}
