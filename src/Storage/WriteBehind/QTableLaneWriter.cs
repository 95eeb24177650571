using Npgsql;

namespace QLearning.Storage.WriteBehind;

/// <summary>Writes the batches of several grains in one transaction, which is one statement and so one round trip and one commit.</summary>
/// <param name="dataSource">The database.</param>
internal sealed class QTableLaneWriter(NpgsqlDataSource dataSource) : ILaneWriter<QTableBatch, FlushOutcome>
{
    private const int OwnerRow = 0;
    private const int UpdatedRow = 1;

    internal const string KindName = "q_values";

    private readonly StatementPreparer _preparer = new();

    public string Kind => KindName;

    public int CountRows(QTableBatch item) => item.RowCount;

    public string NameOwner(QTableBatch item) => item.Owner.ToString();

    public FlushOutcome Fail(FlushStatus status, Exception error) => FlushOutcome.Failed(status, error);

    public bool IsFenced(FlushOutcome outcome) => outcome.Status == FlushStatus.Fenced;

    public async Task<FlushOutcome[]> WriteAsync(IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken)
    {
        var columns = new FlushColumns(items);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (accepted, rowIds, updated) = await ExecuteAsync(connection, columns, cancellationToken);
        var expected = items.Where((_, i) => accepted[i]).Sum(batch => batch.Writes.Count(write => write.RowId != 0));
        var present = updated == expected ? null : await ReadPresentAsync(connection, columns.RowIds, cancellationToken);
        var outcomes = new FlushOutcome[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            // Not accepted is fenced, unless a lost attempt of this very flush was still under way and came first.
            outcomes[i] = accepted[i]
                ? Written(items[i], rowIds[i], present)
                : (await FindStoredAsync(connection, [items[i]], cancellationToken))[0] ?? FlushOutcome.Fenced;
        }

        return outcomes;
    }

    public async Task<FlushOutcome?> WriteWithoutRefusedAsync(QTableBatch item, CancellationToken cancellationToken)
    {
        var search = new RefusedRowSearch(dataSource, item);
        if (await search.FindGoodAsync(cancellationToken) is not { Length: > 0 } good)
        {
            return null;
        }

        var written = (await WriteAsync([search.Keep(good)], cancellationToken))[0];
        return written with
        {
            RowIds = written.RowIds.ToDictionary(row => good[row.Key], row => row.Value),
            Error = search.LastError,
            LeftOutIndexes = [.. Enumerable.Range(0, item.Writes.Count).Except(good)],
        };
    }

    public async Task<FlushOutcome?[]> FindStoredAsync(IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await FindStoredAsync(connection, items, cancellationToken);
    }

    private static async Task<FlushOutcome?[]> FindStoredAsync(
        NpgsqlConnection connection, IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken)
    {
        var outcomes = new FlushOutcome?[items.Count];
        var stored = new List<int>();
        await using (var command = FlushStatement.ReadStored(connection, new FlushColumns(items)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                stored.Add(FlushColumns.BatchOfOwner(reader.GetInt64(0)));
            }
        }

        foreach (var i in stored)
        {
            var present = await ReadPresentAsync(connection, [.. items[i].Writes.Select(write => write.RowId)], cancellationToken);
            outcomes[i] = Written(items[i], await ReadInsertedIdsAsync(connection, items[i], cancellationToken), present);
        }

        return outcomes;
    }

    private async Task<(bool[] Accepted, Dictionary<int, long>[] RowIds, long Updated)> ExecuteAsync(
        NpgsqlConnection connection, FlushColumns columns, CancellationToken cancellationToken)
    {
        var accepted = new bool[columns.Batches.Count];
        Dictionary<int, long>[] rowIds = [.. columns.Batches.Select(_ => new Dictionary<int, long>())];
        long updated = 0;
        await using var command = FlushStatement.Write(connection, columns);
        await _preparer.PrepareAsync(command, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (kind, position, value) = (reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
            switch (kind)
            {
                case OwnerRow:
                    accepted[FlushColumns.BatchOfOwner(position)] = true;
                    break;
                case UpdatedRow:
                    updated = value;
                    break;
                default:
                    var (batch, index) = columns.PlaceOfInsert(position);
                    rowIds[batch][index] = value;
                    break;
            }
        }

        return (accepted, rowIds, updated);
    }

    private static FlushOutcome Written(QTableBatch batch, IReadOnlyDictionary<int, long> rowIds, HashSet<long>? present) => new(
        FlushStatus.Written,
        rowIds,
        present is null ? [] : [.. batch.Writes.Select(write => write.RowId).Where(id => id != 0 && !present.Contains(id))]);

    private static async Task<HashSet<long>> ReadPresentAsync(
        NpgsqlConnection connection, IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken)
    {
        var present = new HashSet<long>();
        await using var command = FlushStatement.ReadPresent(connection, rowIds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            present.Add(reader.GetInt64(0));
        }

        return present;
    }

    private static async Task<Dictionary<int, long>> ReadInsertedIdsAsync(
        NpgsqlConnection connection, QTableBatch batch, CancellationToken cancellationToken)
    {
        int[] places = [.. Enumerable.Range(0, batch.Writes.Count).Where(i => batch.Writes[i].RowId == 0)];
        var rowIds = new Dictionary<int, long>(places.Length);
        await using var command = FlushStatement.ReadIds(connection, batch.Owner.AgentType, [.. places.Select(i => batch.Writes[i])]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rowIds[places[reader.GetInt64(0) - 1]] = reader.GetInt64(1);
        }

        return rowIds;
    }
}
