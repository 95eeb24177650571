namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    /// <summary>
    /// Takes a row of the database into memory. An entry that is dirty or in flight keeps its values and only learns its row id.
    /// </summary>
    /// <param name="stored">The row.</param>
    /// <exception cref="InvalidInputException">The agent type has too many distinct actions.</exception>
    public void Load(in StoredQValue stored)
    {
        var row = FindOrAdd(stored.State, out _);
        ref var entry = ref row[Merge(row, stored)];
        if (_isRefreshing)
        {
            // What the refresh has read may be older.
            entry.Raise(EntryFlags.ChangedInRefresh);
        }
    }

    /// <summary>Notes that the database has nothing for a state, so that it is not asked again.</summary>
    /// <param name="state">The state's key.</param>
    public void LoadEmpty(StateKey state) => FindOrAdd(state, out _);

    /// <summary>Takes what is stored, or what of it a busy entry lacks; returns the entry's place.</summary>
    private int Merge(QRow row, in StoredQValue stored)
    {
        var index = IndexOf(row, stored.Action);
        if (index < 0)
        {
            var fresh = new PackedEntry(Actions.Intern(stored.Action, stored.ActionJson));
            fresh.Take(stored);
            return AddEntry(row, fresh);
        }

        ref var entry = ref row[index];
        if (entry.IsBusy)
        {
            entry.RowId = entry.RowId == 0 ? stored.RowId : entry.RowId;
            return index;
        }

        if (stored.ActionJson is { } json && Actions[entry.ActionIndex].Json != json)
        {
            entry.Describe(Actions.Intern(stored.Action, json));
        }

        VisitTotal += stored.VisitCount - entry.Visits;
        entry.Take(stored);
        entry.Lower(EntryFlags.ExpiryMoved);
        return index;
    }
}
