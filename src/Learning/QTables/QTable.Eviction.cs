using System.Buffers;

namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    private const double KeptShare = 0.95;

    /// <summary>
    /// When more states are in memory than allowed, drops those used least recently until 95 % of the limit are left, so that the next
    /// passes over the table are far apart. Rows with an entry that is dirty or in flight stay. The table is whole no longer.
    /// </summary>
    /// <param name="maxStates">The most states to keep, 0 or more.</param>
    /// <returns>How many states were dropped.</returns>
    public int Evict(int maxStates)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxStates);
        if (StateCount <= maxStates)
        {
            return 0;
        }

        var stamps = ArrayPool<long>.Shared.Rent(StateCount);
        var candidates = 0;
        foreach (var row in _rows)
        {
            if (!row.IsBusy)
            {
                stamps[candidates++] = row.UseStamp;
            }
        }

        var surplus = Math.Min(candidates, StateCount - (int)(maxStates * KeptShare));
        stamps.AsSpan(0, candidates).Sort();
        var newestDropped = surplus > 0 ? stamps[surplus - 1] : 0;
        ArrayPool<long>.Shared.Return(stamps);
        if (surplus > 0)
        {
            IsWhole = false;
            _rows.RemoveWhere(row => row.UseStamp <= newestDropped && !row.IsBusy && Forget(row));
        }

        return surplus;
    }

    /// <summary>
    /// Drops expired entries, and the rows that are left without entries. Rows with an entry that is dirty or in flight stay as they are.
    /// </summary>
    /// <returns>How many Q-values were dropped.</returns>
    public int RemoveExpired()
    {
        var now = _clock.NowSeconds;
        var dropped = 0;
        _rows.RemoveWhere(row =>
        {
            if (row.IsBusy)
            {
                return false;
            }

            var (entries, visits) = row.RemoveExpired(now);
            dropped += entries;
            QValueCount -= entries;
            VisitTotal -= visits;
            return entries > 0 && row.Count == 0;
        });
        return dropped;
    }

    private bool Forget(QRow row)
    {
        QValueCount -= row.Count;
        VisitTotal -= row.VisitTotal();
        return true;
    }
}
