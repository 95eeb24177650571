using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Migrations;

/// <summary>
/// Lets one process at a time migrate a database. The lock belongs to a transaction that stays open on a connection of its own, so it also
/// holds behind PgBouncer in transaction mode, and PostgreSQL releases it when the process dies.
/// </summary>
internal static class MigrationLock
{
    /// <summary>The letters "QLMIGR"; every version of the program must use the same number.</summary>
    private const long Key = 0x514C_4D49_4752;

    /// <summary>Waits for the lock; disposing the transaction releases it.</summary>
    public static async Task<NpgsqlTransaction> TakeAsync(
        NpgsqlConnection connection, string databaseName, ILogger logger, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            // The transaction is idle while the scripts run on the other connection.
            await ExecuteAsync(connection, "set local idle_in_transaction_session_timeout = 0", cancellationToken);
            await connection.LiftTimeLimitsAsync(cancellationToken);
            if (await ExecuteAsync(connection, $"select pg_try_advisory_xact_lock({Key})", cancellationToken) is not true)
            {
                logger.MigrationWaiting(databaseName);
                await ExecuteAsync(connection, $"select pg_advisory_xact_lock({Key})", cancellationToken);
            }

            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
