using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace QLearning.Postgres.Tests;

/// <summary>What the tests of the embedded server do again and again.</summary>
internal static class Servers
{
    /// <summary>
    /// The collection of tests that stop servers: a process that another test starts in that moment holds the lock of the folder while it
    /// gets no processor.
    /// </summary>
    public const string OneAtATime = "One server at a time";

    public static Task<EmbeddedPostgres> StartAsync(string folder, ILogger? logger = null, TimeSpan? limit = null) =>
        EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { Folder = folder, Fsync = false, StartTimeout = limit ?? TimeSpan.FromMinutes(1) },
            logger ?? NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    public static async Task RunAsync(string connectionString, string sql) => await AskAsync(connectionString, sql);

    public static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Timeout=60");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
