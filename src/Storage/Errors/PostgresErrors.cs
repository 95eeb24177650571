using System.Net.Sockets;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage;

/// <summary>Tells errors that pass by themselves from those that do not, and turns both into errors a caller can read.</summary>
public static class PostgresErrors
{
    // Npgsql has no names for them.
    private const string IdleInTransactionTimeout = "25P03";
    private const string TransactionTimeout = "25P04"; // since PostgreSQL 17

    /// <summary>True when the error came from the database or from the way to it, and not from this program.</summary>
    /// <param name="error">What was thrown.</param>
    public static bool IsFromDatabase(Exception error) => error is NpgsqlException or SocketException or TimeoutException or IOException;

    /// <summary>
    /// True when the same statement may succeed later: the connection was lost or refused, the server is starting, stopping, out of
    /// resources or read-only after a fail-over, or the transaction lost a race for locks. Whether it took effect is not known.
    /// </summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsPassing(Exception error) => error switch
    {
        PostgresException postgres => IsPassingState(postgres.SqlState),
        NpgsqlException or SocketException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>True when the transaction lost a race for locks, so that the same may succeed at once: the winner goes on now.</summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsLostRace(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>True when another transaction held a row for longer than <c>lock_timeout</c>.</summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsLocked(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>
    /// True when the statement ran into a time limit, the server's or Npgsql's: there was too much to do, or another transaction held
    /// a row.
    /// </summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsOutOfTime(Exception error) => error
        is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or TransactionTimeout }
        or TimeoutException
        or { InnerException: TimeoutException };

    /// <summary>
    /// True when a smaller statement may succeed where this one did not: it took too long, there was no memory for it, or the connection
    /// broke under it. False when nothing was sent: no connection was to be had.
    /// </summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsPerhapsTooLarge(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections } => false,
        PostgresException postgres => !IsLostRace(error) && IsPassingState(postgres.SqlState),
        _ when IsNotSent(error) => false,
        NpgsqlException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>
    /// True when PostgreSQL itself reported the error, so that the transaction certainly did not commit. A lost connection may be reported
    /// too: by a pooler that lost its own to the server.
    /// </summary>
    /// <param name="error">What Npgsql threw.</param>
    public static bool IsCertainlyRolledBack(Exception error) => error is PostgresException
    {
        SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.StatementCompletionUnknown),
    } postgres && !IsOfConnection(postgres.SqlState);

    /// <summary>The error for a caller whose call needed the database.</summary>
    /// <param name="work">What was to be done, such as <c>load the Q-table of 'test-generator'</c>.</param>
    /// <param name="error">What Npgsql threw.</param>
    /// <param name="isWrite">Whether it was to change something.</param>
    public static StorageUnavailableException ToCaller(string work, Exception error, bool isWrite = false)
    {
        ArgumentNullException.ThrowIfNull(error);
        // The cause goes in as text: Npgsql's exceptions cannot cross from silo to client.
        var reason = error is PostgresException postgres ? $"{postgres.SqlState}: {postgres.MessageText}" : error.Message;
        return isWrite && !IsCertainlyRolledBack(error) && !IsNotSent(error)
            ? new StorageUnavailableException($"PostgreSQL did not answer whether it could {work} ({reason}). It may have taken effect.")
            {
                MayHaveTakenEffect = true,
            }
            : new StorageUnavailableException($"PostgreSQL could not {work} ({reason}). Try again when the database answers.");
    }

    /// <summary>Waits for work that a caller asked for, and turns the database's errors into those that the caller is told.</summary>
    /// <param name="query">The work, under way.</param>
    /// <param name="work">What it is, as for <see cref="ToCaller"/>.</param>
    /// <param name="missing">The error when a row to be written names one that does not exist; null: there is no such case.</param>
    /// <param name="isWrite">Whether it is to change something.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL could not do it.</exception>
    internal static async Task<T> OrUnavailableAsync<T>(
        this Task<T> query, string work, Func<QLearningException>? missing = null, bool isWrite = false)
    {
        try
        {
            return await query;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation && missing is not null)
        {
            throw missing();
        }
        catch (Exception error) when (IsFromDatabase(error))
        {
            throw ToCaller(work, error, isWrite);
        }
    }

    // No connection was to be had.
    private static bool IsNotSent(Exception error) => error is SocketException or NpgsqlException { InnerException: SocketException };

    private static bool IsOfConnection(string sqlState) => sqlState.StartsWith("08", StringComparison.Ordinal);

    private static bool IsPassingState(string sqlState) =>
        IsOfConnection(sqlState)
        || sqlState.StartsWith("40", StringComparison.Ordinal) // serialization failure, deadlock
        || sqlState.StartsWith("53", StringComparison.Ordinal) // out of connections, memory, disk
        || sqlState.StartsWith("57", StringComparison.Ordinal) // shutdown, restart, cancelled
        || sqlState.StartsWith("58", StringComparison.Ordinal) // the system under PostgreSQL, such as its disk
        || sqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction
            or IdleInTransactionTimeout or TransactionTimeout;
}
