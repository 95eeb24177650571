using Npgsql;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// Finds which rows of a refused batch PostgreSQL refuses, Q-values and rewards, by halves: each part is written in a transaction that is
/// rolled back. A batch with very many such rows is given up, so that the lane is not held up for long.
/// </summary>
internal sealed class RefusedRowSearch(NpgsqlDataSource dataSource, QTableBatch batch, WriteSize statement)
{
    /// <summary>The most trials: enough for some twenty bad rows among ten thousand.</summary>
    public const int MaxTrials = 512;

    /// <summary>Trials without a single good row, after which all are taken for bad: an agent type that was deleted, say.</summary>
    private const int MaxTrialsInVain = 32;

    private readonly List<int> _good = [];
    private int _trials;

    /// <summary>Why the last bad row was refused.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>
    /// The indexes of the rows that PostgreSQL takes, in their order: Q-values first, then rewards. Null when the search was given up.
    /// </summary>
    public async Task<int[]?> FindGoodAsync(CancellationToken cancellationToken)
    {
        // Wide first: good rows are found soon if the bad ones stand together, wherever that is. Then deep, for those that stand apart.
        // One row alone is tried once more, which says why it is refused.
        var parts = new LinkedList<(int Start, int Count)>();
        AddHalves(parts, 0, batch.RowCount);
        while (parts.Count > 0)
        {
            var isDeep = _good.Count == 0 && _trials >= MaxTrialsInVain / 2;
            var part = isDeep ? parts.Last! : parts.First!;
            parts.Remove(part);
            var (start, count) = part.Value;
            if (++_trials > (_good.Count == 0 ? MaxTrialsInVain : MaxTrials))
            {
                return null;
            }

            if (await IsTakenAsync(start, count, cancellationToken))
            {
                _good.AddRange(Enumerable.Range(start, count));
            }
            else if (count > 1)
            {
                AddHalves(parts, start, count);
            }
        }

        _good.Sort();
        return [.. _good];
    }

    private static void AddHalves(LinkedList<(int Start, int Count)> parts, int start, int count)
    {
        var half = count / 2;
        if (half > 0)
        {
            parts.AddLast((start, half));
        }

        parts.AddLast((start + half, count - half));
    }

    /// <summary>The batch with only some of its rows.</summary>
    private QTableBatch Keep(IReadOnlyCollection<int> rows) => batch with
    {
        Writes = [.. rows.Where(row => row < batch.Writes.Count).Select(row => batch.Writes[row])],
        Rewards = [.. rows.Where(row => row >= batch.Writes.Count).Select(row => batch.Rewards[row - batch.Writes.Count])],
    };

    private async Task<bool> IsTakenAsync(int start, int count, CancellationToken cancellationToken)
    {
        var part = Keep([.. Enumerable.Range(start, count)]);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await FlushTransaction.TryAsync(connection, part, statement, cancellationToken);
            return true;
        }
        catch (Exception error) when (!PostgresErrors.IsPassing(error) && error is not OperationCanceledException)
        {
            // Whatever is wrong with this part, its rows cannot be written.
            LastError = error;
            return false;
        }
    }
}
