namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    /// <summary>
    /// Drops Q-values whose rows were deleted from the database. To be called when nothing of the table is in flight, being read, or dirty
    /// but for what the database refused. Of that the updates are over, and count as stored.
    /// </summary>
    /// <param name="state">The state; one that is not in memory is passed over.</param>
    /// <param name="action">The action; null: all of the state.</param>
    /// <returns>The places of the updates that are over.</returns>
    public IReadOnlyList<long> Forget(StateKey state, ActionKey? action)
    {
        var only = -1;
        if (_rows.Find(state) is not { } row || (action is { } key && !Actions.TryGetIndex(key, out only)))
        {
            return [];
        }

        List<long> over = [];
        for (var index = 0; index < row.Count; index++)
        {
            ref var entry = ref row[index];
            if (action is null || Actions.AreSame(entry.ActionIndex, only))
            {
                over.AddRange(DropRefused(new EntryRef(row, index)));
                VisitTotal -= entry.Visits;
                entry.Vanish();
            }
        }

        DropJsonOfStored(row);
        DropVanished(row, _clock.NowSeconds);
        return over;
    }

    private List<long> DropRefused(EntryRef place)
    {
        ref var entry = ref place.Entry;
        if (!entry.Has(EntryFlags.Refused))
        {
            return [];
        }

        _refused.Remove(place);
        entry.Lower(EntryFlags.Refused);
        entry.Lower(EntryFlags.Dirty);
        BacklogCount--;
        return _log.DropRefused(place);
    }
}
