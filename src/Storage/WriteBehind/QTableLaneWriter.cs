using System.Diagnostics;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

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

    public IReadOnlyList<ActivityContext> CallsOf(QTableBatch item) => item.Calls;

    public FlushOutcome Fail(FlushStatus status, Exception error) => FlushOutcome.Failed(status, error);

    public bool IsFenced(FlushOutcome outcome) => outcome.Status == FlushStatus.Fenced;

    public async Task<FlushOutcome[]> WriteAsync(
        IReadOnlyList<QTableBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var result = await CommitAsync(connection, items, statement, cancellationToken);
        var outcomes = new FlushOutcome[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            // Not accepted is fenced, unless a lost attempt of this very flush was still under way and came first.
            outcomes[i] = result.Accepted[i]
                ? new FlushOutcome(FlushStatus.Written, result.RowIds[i])
                : (await FindStoredAsync(connection, [items[i]], cancellationToken))[0] ?? FlushOutcome.Fenced;
        }

        return outcomes;
    }

    public async Task<FlushOutcome?> WriteWithoutRefusedAsync(QTableBatch item, WriteSize statement, CancellationToken cancellationToken)
    {
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            item = (await WithoutVanishedAsync(connection, [item], cancellationToken))[0];
        }

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
        await using var command = FlushStatement.ReadStored(connection, FlushColumns.OfOwners(items));
        foreach (var i in await command.ReadAllAsync(reader => FlushColumns.BatchOfOwner(reader.GetInt64(0)), cancellationToken))
        {
            outcomes[i] = new FlushOutcome(FlushStatus.Written, await ReadInsertedIdsAsync(connection, items[i], cancellationToken));
        }

        return outcomes;
    }

    /// <summary>
    /// Writes and commits. Rows that another program deleted are inserted again, in the same transaction as all the others.
    /// </summary>
    private async Task<FlushResult> CommitAsync(
        NpgsqlConnection connection, IReadOnlyList<QTableBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await FlushTransaction.CommitAsync(connection, items, statement, _preparer, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == FlushStatement.VanishedState)
            {
                items = await WithoutVanishedAsync(connection, items, cancellationToken);
            }
        }
    }

    private static async Task<QTableBatch[]> WithoutVanishedAsync(
        NpgsqlConnection connection, IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken)
    {
        var present = await ReadPresentAsync(connection, [.. items.SelectMany(RowIds)], cancellationToken);
        QChange Again(QChange write) => write.RowId == 0 || present.Contains(write.RowId)
            ? write
            : write with { RowId = 0, ExpiresAt = write.ExpiresAt ?? write.KnownExpiry };
        return [.. items.Select(item => item with { Writes = [.. item.Writes.Select(Again)] })];
    }

    private static IEnumerable<long> RowIds(QTableBatch batch) => batch.Writes.Select(write => write.RowId).Where(id => id != 0);

    private static async Task<HashSet<long>> ReadPresentAsync(
        NpgsqlConnection connection, IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken)
    {
        var present = new HashSet<long>();
        foreach (var some in rowIds.Chunk(RowsPerQuery))
        {
            await using var command = FlushStatement.ReadPresent(connection, some);
            await command.ForEachAsync(reader => present.Add(reader.GetInt64(0)), cancellationToken);
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
            await command.ForEachAsync(reader => rowIds[places[reader.GetInt64(0) - 1]] = reader.GetInt64(1), cancellationToken);
        }

        return rowIds;
    }
}
