using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Bench.Simulation;

/// <summary>Writes batches in one transaction of the model, as <see cref="QTableLaneWriter"/> does in PostgreSQL.</summary>
internal sealed class ModelLaneWriter(SimWorld world, string silo) : ILaneWriter<QTableBatch, FlushOutcome>
{
    private ModelStore Store => world.Store;

    private ModelTables Tables => world.Store.Tables;

    public string Kind => QTableLaneWriter.KindName;

    public WriteSize Measure(QTableBatch item) => item.Measure();

    public string NameOwner(QTableBatch item) => item.Owner.ToString();

    public FlushOutcome Fail(FlushStatus status, Exception error) => FlushOutcome.Failed(status, error);

    public bool IsFenced(FlushOutcome outcome) => outcome.Status == FlushStatus.Fenced;

    public async Task<FlushOutcome[]> WriteAsync(
        IReadOnlyList<QTableBatch> items, WriteSize statement, CancellationToken cancellationToken)
    {
        var outcomes = await Store.RunAsync($"flush of {silo}", () =>
        {
            var after = world.Is(Sabotage.BackupUnnoticed) ? 0 : long.MaxValue;
            var mine = items.Select(item => Tables.MayWrite(item with { After = Math.Min(item.After, after) })).ToArray();
            if (items.Where((item, i) => mine[i] && !item.Writes.All(IsTaken)).Any())
            {
                throw new PostgresException("refused", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation);
            }

            return items.Select((item, i) => mine[i] ? Write(item) : Find(item) ?? FlushOutcome.Fenced).ToArray();
        });
        if (world.Is(Sabotage.RewardRowLater) && items.Any(item => item.Rewards.Count > 0))
        {
            await Store.RunAsync("rewards", () => WriteRewards(items.Where(Tables.Owns)));
        }

        return outcomes;
    }

    public async Task<FlushOutcome?> WriteWithoutRefusedAsync(QTableBatch item, WriteSize statement, CancellationToken cancellationToken)
    {
        int[] good = [.. Enumerable.Range(0, item.Writes.Count).Where(i => IsTaken(item.Writes[i]))];
        int[] refused = [.. Enumerable.Range(0, item.Writes.Count).Except(good)];
        var error = new PostgresException("refused", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation);
        if (good.Length == 0)
        {
            // With many rows the search is given up.
            return item.Watermark % 3 == 0 ? null : FlushOutcome.Failed(FlushStatus.Refused, error) with { LeftOutIndexes = refused };
        }

        var kept = world.Is(Sabotage.RefusedNumbersStored)
            ? item with { Writes = [.. good.Select(i => item.Writes[i])] }
            : item.Without(refused, []);
        var written = (await WriteAsync([kept], statement, cancellationToken))[0];
        return written with
        {
            RowIds = written.RowIds.ToDictionary(row => good[row.Key], row => row.Value),
            Error = error,
            LeftOutIndexes = refused,
        };
    }

    public Task<FlushOutcome?[]> FindStoredAsync(IReadOnlyList<QTableBatch> items, CancellationToken cancellationToken) =>
        Store.RunAsync($"look up flush of {silo}", () => items.Select(Find).ToArray());

    private bool IsTaken(QChange write) => !(Store.IsRefusing && Store.Refused.Contains(write.Action));

    private FlushOutcome Write(QTableBatch item)
    {
        if (world.IsTracing)
        {
            var rows = item.Writes.Select(
                write => $"{write.State}/{write.Action}={write.VisitCount}{(write.RowId == 0 ? "+" : string.Empty)}");
            var clients = item.Clients.Select(
                client => $"{world.NameOf(client.ClientId)} ≤{client.Floor} [{string.Join(' ', client.Above)}]");
            world.Trace($"store: flush {item.Watermark} of {item.Owner}@{item.Epoch}: "
                + $"{string.Join(", ", rows)}; {string.Join(", ", clients)}");
        }

        var ids = Tables.Write(item);
        if (!world.Is(Sabotage.RewardRowLater))
        {
            Tables.WriteRewards(item);
        }

        return new FlushOutcome(FlushStatus.Written, ids);
    }

    private FlushOutcome? Find(QTableBatch item)
    {
        if (!Tables.Owns(item) || Tables.Owners[item.Owner.Partition].Watermark < item.Watermark)
        {
            return null;
        }

        var ids = new Dictionary<int, long>();
        for (var i = 0; i < item.Writes.Count; i++)
        {
            if (item.Writes[i].RowId == 0 && Tables.Rows.TryGetValue((item.Writes[i].State, item.Writes[i].Action), out var row))
            {
                ids[i] = row.Id;
            }
        }

        return new FlushOutcome(FlushStatus.Written, ids);
    }

    private bool WriteRewards(IEnumerable<QTableBatch> items)
    {
        foreach (var item in items)
        {
            Tables.WriteRewards(item);
        }

        return true;
    }
}
