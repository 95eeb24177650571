using Microsoft.Extensions.Logging;

namespace QLearning.Storage.Migrations;

internal static partial class SchemaMigratorLog
{
    [LoggerMessage(2201, LogLevel.Information, "Another process is migrating the database {Database}; waiting for it")]
    public static partial void MigrationWaiting(this ILogger logger, string database);

    [LoggerMessage(2202, LogLevel.Debug, "Running the migration {Script} in {Database}")]
    public static partial void MigrationRunning(this ILogger logger, string script, string database);

    [LoggerMessage(2203, LogLevel.Warning, "{Database} warns: {Message}")]
    public static partial void MigrationWarned(this ILogger logger, string database, string message);

    [LoggerMessage(2204, LogLevel.Information, "The schema of {Database} is at {Version}; {Count} migrations were applied")]
    public static partial void SchemaMigrated(this ILogger logger, string database, string version, int count);
}
