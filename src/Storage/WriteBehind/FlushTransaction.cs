using Npgsql;
using QLearning.Storage.Sql;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// Writes batches in one transaction. What fits one statement is one statement, and so one round trip and one commit. What does not is
/// written by several, each with a time limit of its own: the first takes the locks and stores the watermarks with its rows, so that none
/// of it is there before the last has been committed. A row to update that is not there any more rolls all of it back: its
/// Q-value must not be missing where the numbers of its updates are stored.
/// </summary>
internal static class FlushTransaction
{
    private const int OwnerRow = 0;
    private const int UpdatedRows = 1;

    /// <summary>Writes and commits.</summary>
    public static async Task<FlushResult> CommitAsync(
        NpgsqlConnection connection,
        IReadOnlyList<QTableBatch> batches,
        WriteSize statement,
        StatementPreparer preparer,
        CancellationToken cancellationToken)
    {
        var parts = FlushPart.Cut(batches, statement);
        if (parts.Count == 1)
        {
            return await WriteAsync(connection, batches, parts, preparer, cancellationToken);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await WriteAsync(connection, batches, parts, preparer, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Finds out whether PostgreSQL would take it, deferred constraints included.</summary>
    /// <exception cref="PostgresException">It would not.</exception>
    public static async Task TryAsync(
        NpgsqlConnection connection, QTableBatch batch, WriteSize statement, CancellationToken cancellationToken)
    {
        // Rolled back at its end.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteAsync(connection, [batch], FlushPart.Cut([batch], statement), preparer: null, cancellationToken);
        await using var check = FlushStatement.CheckConstraints(connection);
        await check.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<FlushResult> WriteAsync(
        NpgsqlConnection connection,
        IReadOnlyList<QTableBatch> batches,
        List<FlushPart> parts,
        StatementPreparer? preparer,
        CancellationToken cancellationToken)
    {
        var result = new FlushResult(batches);
        var first = FlushColumns.Of(batches, parts[0]);
        await using (var command = FlushStatement.Write(connection, first))
        {
            await ExecuteAsync(command, first, result, preparer, cancellationToken);
        }

        foreach (var part in parts.Skip(1))
        {
            var columns = FlushColumns.Of(batches, part, result.Accepted);
            if (!columns.IsEmpty)
            {
                await using var command = FlushStatement.Continue(connection, columns);
                await ExecuteAsync(command, columns, result, preparer, cancellationToken);
            }
        }

        return result;
    }

    private static async Task ExecuteAsync(
        NpgsqlCommand command, FlushColumns columns, FlushResult result, StatementPreparer? preparer, CancellationToken cancellationToken)
    {
        // By a plan from when the table was small, each look would read all of it.
        if (preparer is not null && !columns.LooksUp)
        {
            await preparer.PrepareAsync(command, columns.RowCount, cancellationToken);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (kind, position, value) = (reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
            switch (kind)
            {
                case OwnerRow:
                    result.Accepted[FlushColumns.BatchOfOwner(position)] = true;
                    break;
                case UpdatedRows:
                    break;
                default:
                    var (batch, index) = columns.PlaceOfInsert(position);
                    result.RowIds[batch][index] = value;
                    break;
            }
        }

        // A statement without a transaction around it is committed after its last row: deferred constraints may refuse it only then.
        await reader.NextResultAsync(cancellationToken);
    }
}
