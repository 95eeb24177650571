using Npgsql;

namespace QLearning.Storage.Sql;

/// <summary>
/// Prepares statements that run again and again on the same connections, so that PostgreSQL plans them once. Behind a pooler such as
/// PgBouncer in transaction mode the next transaction may run in another session, which does not know what was prepared: there nothing is.
/// Neither is what writes many rows: a plan that is kept was made for few rows, and for tables that may have been small then. It may read
/// a whole table for each row, until PostgreSQL analyzes the table again.
/// </summary>
internal sealed class StatementPreparer
{
    private const string BackendPid = "select pg_backend_pid()";

    /// <summary>More rows cost much more to write than to plan for.</summary>
    private const int MaxRows = 200;

    private bool? _isDirect;

    /// <summary>Prepares a command whose parameters have their types; does nothing for many rows, or behind a pooler.</summary>
    /// <param name="command">The command, on an open connection.</param>
    /// <param name="rows">How many rows it writes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask PrepareAsync(NpgsqlCommand command, int rows, CancellationToken cancellationToken)
    {
        if (rows <= MaxRows && (_isDirect ??= await IsDirectAsync(command.Connection!, cancellationToken)))
        {
            await command.PrepareAsync(cancellationToken);
        }
    }

    /// <summary>As the other, for all commands of a batch.</summary>
    /// <param name="batch">The batch, on an open connection.</param>
    /// <param name="rows">How many rows it writes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask PrepareAsync(NpgsqlBatch batch, int rows, CancellationToken cancellationToken)
    {
        if (rows <= MaxRows && (_isDirect ??= await IsDirectAsync(batch.Connection!, cancellationToken)))
        {
            await batch.PrepareAsync(cancellationToken);
        }
    }

    /// <summary>A pooler tells its clients a process id that it made up.</summary>
    private static async Task<bool> IsDirectAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(BackendPid, connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! == connection.ProcessID;
    }
}
