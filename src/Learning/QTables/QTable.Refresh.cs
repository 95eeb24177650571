namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    private bool _isRefreshing;

    /// <summary>
    /// Begins to take over what other programs changed in the database. To be called before the rows are read: an entry that is changed in
    /// memory from now on, or whose change is still on its way, keeps its values, since what is read may be older.
    /// </summary>
    /// <param name="states">The states that will be read; null: all of them.</param>
    /// <exception cref="InvalidOperationException">Another refresh is under way.</exception>
    public QTableRefresh BeginRefresh(IReadOnlyCollection<StateKey>? states)
    {
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

    internal void TakeRefreshed(in StoredQValue stored)
    {
        // A state that is not in memory will be loaded when it is asked for.
        if (!IsWhole && !Contains(stored.State))
        {
            return;
        }

        var actionIndex = Actions.Intern(stored.Action, stored.ActionJson);
        var row = _rows.Find(stored.State) ?? FindOrAdd(stored.State, out _);
        var index = row.IndexOf(actionIndex);
        if (index < 0 || !row.Entries[index].Has(EntryFlags.ChangedInRefresh))
        {
            Merge(row, actionIndex, stored);
        }

        row[row.IndexOf(actionIndex)].Raise(EntryFlags.Refreshed);
    }

    internal void EndRefresh(IReadOnlyCollection<StateKey>? states)
    {
        var now = _clock.NowSeconds;
        foreach (var row in Covered(states).ToArray())
        {
            var vanished = 0;
            foreach (ref var entry in row.ChangingEntries)
            {
                if (entry.RowId != 0 && !entry.Has(EntryFlags.Refreshed) && !entry.Has(EntryFlags.ChangedInRefresh) && !entry.IsBusy)
                {
                    VisitTotal -= entry.Visits;
                    entry.Vanish();
                    vanished++;
                }
            }

            // In a busy row the entry stays in its place as an expired one, which counts as absent.
            if (vanished > 0 && !row.IsBusy)
            {
                var (entries, visits) = row.RemoveExpired(now);
                QValueCount -= entries;
                VisitTotal -= visits;
                if (IsWhole && row.Count == 0)
                {
                    _rows.Remove(row);
                }
            }
        }
    }

    internal void StopRefresh() => _isRefreshing = false;

    private IEnumerable<QRow> Covered(IReadOnlyCollection<StateKey>? states) =>
        states is null ? _rows : states.Select(_rows.Find).OfType<QRow>();
}
