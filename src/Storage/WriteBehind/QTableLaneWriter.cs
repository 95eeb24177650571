using Npgsql;

namespace QLearning.Storage.WriteBehind;

/// <summary>Writes the batches of several grains in one transaction.</summary>
/// <param name="dataSource">The database.</param>
internal sealed class QTableLaneWriter(NpgsqlDataSource dataSource) : ILaneWriter<QTableBatch, FlushOutcome>
{
    internal const string KindName = "q_values";

    /// <summary>So few that each query ends within any sensible command timeout.</summary>
    private const int RowsPerQuery = 10_000;

    private readonly StatementPreparer _preparer = new();

    public string Kind => KindName;

    public WriteSize Measure(QTableBatch item) => item.Measure();

    public string NameOwner(QTableBatch item) => item.Owner.ToString();

    public FlushOutcome Fail(FlushStatus status, Exception error) => FlushOutcome.Failed(status, error);

    public bool IsFenced(FlushOutcome outcome) => outcome.Status == FlushStatus.Fenced;

    public async Task<FlushOutcome[]> WriteAsync(
        IReadOnlyList<QTableBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var result = await FlushTransaction.CommitAsync(connection, items, statement, _preparer, cancellationToken);
        var present = result.HasVanished()
            ? await ReadPresentAsync(connection, [.. items.SelectMany(RowIds)], cancellationToken)
            : null;
        var outcomes = new FlushOutcome[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            // Not accepted is fenced, unless a lost attempt of this very flush was still under way and came first.
            outcomes[i] = result.Accepted[i]
                ? Written(items[i], result.RowIds[i], present)
                : (await FindStoredAsync(connection, [items[i]], cancellationToken))[0] ?? FlushOutcome.Fenced;
        }

        return outcomes;
    }

    public async Task<FlushOutcome?> WriteWithoutRefusedAsync(QTableBatch item, WriteSize statement, CancellationToken cancellationToken)
    {
        var search = new RefusedRowSearch(dataSource, item, statement);
        if (await search.FindGoodAsync(cancellationToken) is not { Length: > 0 } good)
        {
            return null;
        }

        var written = (await WriteAsync([search.Keep(good)], statement, cancellationToken))[0];
        return written with
        {
            RowIds = written.RowIds.ToDictionary(row => good[row.Key], row => row.Value),
            Error = search.LastError,
            LeftOut = item.RowCount - good.Length,
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
        await using (var command = FlushStatement.ReadStored(connection, FlushColumns.OfOwners(items)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                stored.Add(FlushColumns.BatchOfOwner(reader.GetInt64(0)));
            }
        }

        foreach (var i in stored)
        {
            var present = await ReadPresentAsync(connection, [.. RowIds(items[i])], cancellationToken);
            outcomes[i] = Written(items[i], await ReadInsertedIdsAsync(connection, items[i], cancellationToken), present);
        }

        return outcomes;
    }

    private static FlushOutcome Written(QTableBatch batch, IReadOnlyDictionary<int, long> rowIds, HashSet<long>? present) => new(
        FlushStatus.Written,
        rowIds,
        present is null ? [] : [.. RowIds(batch).Where(id => !present.Contains(id))]);

    private static IEnumerable<long> RowIds(QTableBatch batch) => batch.Writes.Select(write => write.RowId).Where(id => id != 0);

    private static async Task<HashSet<long>> ReadPresentAsync(
        NpgsqlConnection connection, IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken)
    {
        var present = new HashSet<long>();
        foreach (var some in rowIds.Chunk(RowsPerQuery))
        {
            await using var command = FlushStatement.ReadPresent(connection, some);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                present.Add(reader.GetInt64(0));
            }
        }

        return present;
    }

    private static async Task<Dictionary<int, long>> ReadInsertedIdsAsync(
        NpgsqlConnection connection, QTableBatch batch, CancellationToken cancellationToken)
    {
        var rowIds = new Dictionary<int, long>();
        foreach (var places in Enumerable.Range(0, batch.Writes.Count).Where(i => batch.Writes[i].RowId == 0).Chunk(RowsPerQuery))
        {
            await using var command = FlushStatement.ReadIds(connection, batch.Owner.AgentType, [.. places.Select(i => batch.Writes[i])]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rowIds[places[reader.GetInt64(0) - 1]] = reader.GetInt64(1);
            }
        }

        return rowIds;
    }
}
