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
        var actionIndex = Actions.Intern(stored.Action, stored.ActionJson);
        var row = FindOrAdd(stored.State, out _);
        Merge(row, actionIndex, stored);
        if (_isRefreshing)
        {
            // What the refresh has read may be older.
            row[row.IndexOf(actionIndex)].Raise(EntryFlags.ChangedInRefresh);
        }
    }

    /// <summary>Notes that the database has nothing for a state, so that it is not asked again.</summary>
    /// <param name="state">The state's key.</param>
    public void LoadEmpty(StateKey state) => FindOrAdd(state, out _);

    private bool Merge(QRow row, int actionIndex, in StoredQValue stored)
    {
        var index = row.IndexOf(actionIndex);
        if (index < 0)
        {
            var fresh = new PackedEntry(actionIndex);
            fresh.Take(stored);
            AddEntry(row, fresh);
            return true;
        }

        ref var entry = ref row[index];
        if (entry.IsBusy)
        {
            entry.RowId = entry.RowId == 0 ? stored.RowId : entry.RowId;
            return false;
        }

        VisitTotal += stored.VisitCount - entry.Visits;
        entry.Take(stored);
        entry.Lower(EntryFlags.ExpiryMoved);
        return true;
    }
}
