namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    private bool _isRefreshing;

    /// <summary>Told of each state that comes into memory; null: nobody is.</summary>
    public Action<StateKey>? Added { get; set; }

    /// <summary>
    /// Begins to take over what other programs changed in the database. To be called before the rows are read: an entry that is changed in
    /// memory from now on, or whose change is still on its way, keeps its values, since what is read may be older.
    /// </summary>
    /// <param name="states">The states that will be read.</param>
    /// <exception cref="InvalidOperationException">Another refresh is under way.</exception>
    public QTableRefresh BeginRefresh(IReadOnlyCollection<StateKey> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (_isRefreshing)
        {
            throw new InvalidOperationException("Another refresh of the table is under way.");
        }

        _isRefreshing = true;
        foreach (var row in Covered(states))
        {
            foreach (ref var entry in row.ChangingEntries)
            {
                entry.Lower(EntryFlags.Refreshed);
                entry.Lower(EntryFlags.ChangedInRefresh);
                if (entry.IsBusy)
                {
                    entry.Raise(EntryFlags.ChangedInRefresh);
                }
            }
        }

        return new QTableRefresh(this, states);
    }

    /// <summary>
    /// Whether it is worth reading a state again that a refresh had to skip: false while every entry that was skipped is dirty or in
    /// flight, because it would only be skipped again.
    /// </summary>
    /// <param name="state">A state that <see cref="QTableRefresh.Complete"/> returned.</param>
    public bool CanRefresh(StateKey state)
    {
        if (_rows.Find(state) is not { } row)
        {
            return true;
        }

        var isBusy = false;
        foreach (ref readonly var entry in row.Entries)
        {
            if (entry.Has(EntryFlags.ChangedInRefresh))
            {
                if (!entry.IsBusy)
                {
                    return true;
                }

                isBusy = true;
            }
        }

        return !isBusy;
    }

    /// <summary>
    /// The states that are in memory now, in slices. The table may change while they are walked through: what left memory meanwhile may
    /// still be among them, what came is not. Costs a reference for each state until it ends.
    /// </summary>
    /// <param name="size">The most states of a slice, 1 or more.</param>
    public IEnumerable<StateKey[]> StateSlices(int size)
    {
        QRow[] rows = [.. _rows];
        for (var start = 0; start < rows.Length; start += size)
        {
            yield return Array.ConvertAll(rows[start..Math.Min(start + size, rows.Length)], static row => row.Key);
        }
    }

    internal void TakeRefreshed(in StoredQValue stored)
    {
        // A state that is not in memory will be loaded when it is asked for.
        if (!IsWhole && !Contains(stored.State))
        {
            return;
        }

        var row = _rows.Find(stored.State) ?? FindOrAdd(stored.State, out _);
        var index = IndexOf(row, stored.Action);
        if (index < 0 || !row.Entries[index].Has(EntryFlags.ChangedInRefresh))
        {
            index = Merge(row, stored);
        }

        row[index].Raise(EntryFlags.Refreshed);
    }

    internal IReadOnlyList<StateKey> EndRefresh(IReadOnlyCollection<StateKey> states)
    {
        var now = _clock.NowSeconds;
        var skipped = new List<StateKey>();
        foreach (var row in Covered(states))
        {
            var vanished = 0;
            var isSkipped = false;
            foreach (ref var entry in row.ChangingEntries)
            {
                if (entry.Has(EntryFlags.ChangedInRefresh))
                {
                    isSkipped = true;
                }
                else if (entry.RowId != 0 && !entry.Has(EntryFlags.Refreshed))
                {
                    VisitTotal -= entry.Visits;
                    entry.Vanish();
                    vanished++;
                }
            }

            if (isSkipped)
            {
                skipped.Add(row.Key);
            }

            if (vanished > 0)
            {
                DropVanished(row, now);
            }
        }

        return skipped;
    }

    internal void StopRefresh() => _isRefreshing = false;

    // In a busy row the entry stays in its place as an expired one, which counts as absent.
    private void DropVanished(QRow row, uint now)
    {
        if (row.IsBusy)
        {
            return;
        }

        var (entries, visits) = row.RemoveExpired(now);
        QValueCount -= entries;
        VisitTotal -= visits;
        if (IsWhole && row.Count == 0)
        {
            _rows.Remove(row);
        }
    }

    private IEnumerable<QRow> Covered(IEnumerable<StateKey> states) => states.Select(_rows.Find).OfType<QRow>();
}
