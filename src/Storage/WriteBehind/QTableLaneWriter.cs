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

    /// <summary>
    /// How often a flush is written whose rows were gone: another program may delete or move one more row each time, and a trigger may keep
    /// a row from ever being updated. After that such a row is left out like any that PostgreSQL refuses.
    /// </summary>
    private const int MaxTries = 4;

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
        if (await search.FindGoodAsync(cancellationToken) is not { } good)
        {
            return null;
        }

        int[] refusedRewards = [.. Enumerable.Range(0, item.Rewards.Count).Except(good.Select(row => row - item.Writes.Count))];
        // The row of a late reward makes it count once: what was learned from it is not stored without it.
        var learnedFrom = refusedRewards.Select(index => (item.Rewards[index].State, item.Rewards[index].Action)).ToHashSet();
        int[] taken =
        [
            .. good.Where(row => row < item.Writes.Count && !learnedFrom.Contains((item.Writes[row].State, item.Writes[row].Action))),
        ];
        int[] refused = [.. Enumerable.Range(0, item.Writes.Count).Except(taken)];
        var kept = item.Without(refused, refusedRewards);
        if (kept.RowCount == 0)
        {
            return FlushOutcome.Failed(FlushStatus.Refused, search.LastError!) with { LeftOutIndexes = refused };
        }

        var written = (await WriteAsync([kept], statement, cancellationToken))[0];
        return written with
        {
            RowIds = written.RowIds.ToDictionary(row => taken[row.Key], row => row.Value),
            Error = search.LastError,
            LeftOutIndexes = refused,
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
    /// Writes and commits. Rows that another program deleted or moved are inserted again, in the same transaction as all the others.
    /// </summary>
    /// <exception cref="PostgresException">PostgreSQL does not take it; also when rows were gone each time.</exception>
    private async Task<FlushResult> CommitAsync(
        NpgsqlConnection connection, IReadOnlyList<QTableBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await FlushTransaction.CommitAsync(connection, items, statement, _preparer, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == FlushStatement.VanishedState && tries < MaxTries)
            {
                items = await WithoutVanishedAsync(connection, items, cancellationToken);
            }
        }
    }

    private static async Task<QTableBatch[]> WithoutVanishedAsync(
        NpgsqlConnection connection, IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken)
    {
        var kept = new QTableBatch[items.Count];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = items[i] with { Writes = await WithoutVanishedAsync(connection, items[i], cancellationToken) };
        }

        return kept;
    }

    private static async Task<QChange[]> WithoutVanishedAsync(
        NpgsqlConnection connection, QTableBatch batch, CancellationToken cancellationToken)
    {
        QChange[] writes = [.. batch.Writes];
        foreach (var places in Enumerable.Range(0, writes.Length).Where(i => writes[i].RowId != 0).ToArray().Chunk(RowsPerQuery))
        {
            await using var command = FlushStatement.ReadInPlace(
                connection, batch.Owner.AgentType, [.. places.Select(i => writes[i])]);
            var vanished = places.ToHashSet();
            await command.ForEachAsync(reader => vanished.Remove(places[reader.GetInt64(0) - 1]), cancellationToken);
            foreach (var i in vanished)
            {
                writes[i] = writes[i] with { RowId = 0, ExpiresAt = writes[i].ExpiresAt ?? writes[i].KnownExpiry };
            }
        }

        return writes;
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
