using System.Buffers;
using System.Collections;

namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    private const double KeptShare = 0.95;

    /// <summary>
    /// When more states are in memory than allowed, drops those used least recently until 95 % of the limit are left, so that the next
    /// passes over the table are far apart. Rows that are held, or have an entry that is dirty or in flight, stay. The table is whole no
    /// longer.
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
            if (!row.IsHeld && !row.IsBusy)
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
            _rows.RemoveWhere(row => row.UseStamp <= newestDropped && !row.IsHeld && !row.IsBusy && Forget(row));
        }

        return surplus;
    }

    /// <summary>
    /// Drops expired entries, and the rows that are left without entries. Rows that are held, or have an entry that is dirty or in
    /// flight, stay as they are.
    /// </summary>
    /// <returns>How many Q-values were dropped.</returns>
    public int RemoveExpired()
    {
        var now = _clock.NowSeconds;
        var dropped = 0;
        _rows.RemoveWhere(row =>
        {
            if (row.IsHeld || row.IsBusy)
            {
                return false;
            }

            var (entries, visits) = row.RemoveExpired(now);
            dropped += entries;
            QValueCount -= entries;
            VisitTotal -= visits;
            return entries > 0 && row.Count == 0;
        });
        ForgetDescriptions();
        return dropped;
    }

    /// <summary>SQL programs may describe rows anew again and again: descriptions that no row has any more leave memory.</summary>
    private void ForgetDescriptions()
    {
        if (Actions.DescriptionCount == Actions.Count)
        {
            return;
        }

        var used = new BitArray(Actions.IndexEnd);
        foreach (var row in _rows)
        {
            foreach (ref readonly var entry in row.Entries)
            {
                used[entry.ActionIndex] = true;
            }
        }

        Actions.KeepOnly(used);
    }

    /// <summary>Keeps a state in memory until <see cref="Release"/>; it does not count, so the caller must. Counts as a use.</summary>
    /// <param name="state">The state's key.</param>
    /// <returns>False when it is not in memory.</returns>
    public bool Hold(StateKey state)
    {
        if (Find(state) is not { } row)
        {
            return false;
        }

        row.IsHeld = true;
        return true;
    }

    /// <summary>Lets a state be evicted again.</summary>
    /// <param name="state">The state's key; one that is not in memory is passed over.</param>
    public void Release(StateKey state)
    {
        if (_rows.Find(state) is { } row)
        {
            row.IsHeld = false;
        }
    }

    private bool Forget(QRow row)
    {
        QValueCount -= row.Count;
        VisitTotal -= row.VisitTotal();
        return true;
    }
}
