namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    /// <summary>
    /// Drops Q-values whose rows were deleted from the database. To be called when nothing of the table is dirty, in flight, or being read.
    /// </summary>
    /// <param name="state">The state; one that is not in memory is passed over.</param>
    /// <param name="action">The action; null: all of the state.</param>
    public void Forget(StateKey state, ActionKey? action)
    {
        if (_rows.Find(state) is not { } row)
        {
            return;
        }

        var only = -1;
        if (action is { } key && !Actions.TryGetIndex(key, out only))
        {
            return;
        }

        foreach (ref var entry in row.ChangingEntries)
        {
            if (action is null || Actions.AreSame(entry.ActionIndex, only))
            {
                VisitTotal -= entry.Visits;
                entry.Vanish();
            }
        }

        DropVanished(row, _clock.NowSeconds);
    }
}
