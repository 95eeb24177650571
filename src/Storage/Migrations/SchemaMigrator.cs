using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.Migrations;

/// <summary>
/// Brings the schema of a database to what this program needs: the Q-learning tables and what Orleans' ADO.NET providers need. Also
/// adopts databases whose tables came from an earlier script or from running the files with psql; every row is kept.
/// </summary>
public static class SchemaMigrator
{
    /// <summary>
    /// Applies the migrations that the database lacks, each in a transaction of its own. Processes that start at once take turns, and the
    /// later ones find nothing left to do. Cancelling takes effect between two migrations.
    /// </summary>
    /// <param name="connectionString">
    /// The connection string for Npgsql; its user must be allowed to create tables and trusted extensions.
    /// </param>
    /// <param name="logger">Learns of each migration.</param>
    /// <param name="cancellationToken">Stops the waiting for another process, or the run before its next migration.</param>
    /// <exception cref="DatabaseNewerException">
    /// The database has migrations that this program does not know. Nothing was changed.
    /// </exception>
    /// <exception cref="MigrationFailedException">
    /// PostgreSQL refused a migration. It changed nothing; those before it stay applied.
    /// </exception>
    /// <exception cref="StorageUnavailableException">
    /// The connection string cannot be read, or the server cannot be reached or refused the user.
    /// </exception>
    public static Task<MigrationReport> MigrateAsync(string connectionString, ILogger logger, CancellationToken cancellationToken) =>
        MigrateAsync(connectionString, MigrationScript.All, logger, cancellationToken);

    /// <summary>Compares the database with what this program needs; changes nothing.</summary>
    /// <param name="connectionString">The connection string for Npgsql.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    /// <exception cref="StorageUnavailableException">
    /// The connection string cannot be read, or the server cannot be reached or refused the user.
    /// </exception>
    public static async Task<SchemaStatus> GetStatusAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = new MigrationDatabase(connectionString);
        return await database.RunAsync(
            async connection =>
            {
                var schema = await MigrationJournal.GetSchemaAsync(connection, database.Name, cancellationToken);
                return await MigrationJournal.CompareAsync(connection, schema, MigrationScript.All, cancellationToken);
            },
            cancellationToken);
    }

    internal static async Task<MigrationReport> MigrateAsync(
        string connectionString, IReadOnlyList<MigrationScript> scripts, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logger);
        await using var database = new MigrationDatabase(connectionString);
        return await database.RunAsync(
            async connection =>
            {
                await using var held = await MigrationLock.TakeAsync(connection, database.Name, logger, cancellationToken);
                return await MigrateLockedAsync(database, connection, scripts, logger, cancellationToken);
            },
            cancellationToken);
    }

    internal static DatabaseNewerException NewerError(string database, SchemaStatus status, IReadOnlyList<MigrationScript> scripts) => new(
        $"The PostgreSQL database {database} has migrations that this version does not know: {string.Join(", ", status.Unknown)}. "
        + $"The newest this version knows: {MigrationScript.Version(scripts.Select(script => script.Name))}. "
        + "Run a version that knows them.");

    private static async Task<MigrationReport> MigrateLockedAsync(
        MigrationDatabase database,
        NpgsqlConnection connection,
        IReadOnlyList<MigrationScript> scripts,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        var schema = await MigrationJournal.GetSchemaAsync(connection, database.Name, cancellationToken);
        var status = await MigrationJournal.CompareAsync(connection, schema, scripts, cancellationToken);
        if (status.IsNewer)
        {
            throw NewerError(database.Name, status, scripts);
        }

        // Every start of a silo comes here, and most find nothing to do.
        if (status.Pending.Count > 0)
        {
            var runner = new ScriptRunner(database, schema, await ExtensionPath.ReadAsync(connection, cancellationToken), logger);
            await runner.RunAsync(scripts.Where(script => status.Pending.Contains(script.Name)), cancellationToken);
        }

        var version = MigrationScript.Version(scripts.Select(script => script.Name));
        logger.SchemaMigrated(database.Name, version, status.Pending.Count);
        return new MigrationReport(status.Pending, version);
    }
}
