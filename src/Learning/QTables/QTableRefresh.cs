namespace QLearning.Learning.QTables;

/// <summary>
/// A refresh of a <see cref="QTable"/> that is under way; see <see cref="QTable.BeginRefresh"/>. Belongs to the table's thread.
/// </summary>
public sealed class QTableRefresh : IDisposable
{
    private readonly QTable _table;
    private readonly IReadOnlyCollection<StateKey> _states;

    internal QTableRefresh(QTable table, IReadOnlyCollection<StateKey> states) => (_table, _states) = (table, states);

    /// <summary>Takes a row as it was read; an entry that was changed in memory meanwhile keeps its values.</summary>
    /// <param name="stored">The row.</param>
    /// <exception cref="InvalidInputException">The agent type has too many distinct actions.</exception>
    public void Take(in StoredQValue stored) => _table.TakeRefreshed(stored);

    /// <summary>All rows were read: stored entries that were not among them are gone from the database, and so from memory.</summary>
    /// <returns>
    /// The states with an entry that kept its values because it was changed in memory or still on its way. Another program may have
    /// written it after the flush, so they are to be read again as soon as <see cref="QTable.CanRefresh"/> says so: only then is known
    /// who wrote last.
    /// </returns>
    public IReadOnlyList<StateKey> Complete() => _table.EndRefresh(_states);

    /// <summary>Ends the refresh; without <see cref="Complete"/> nothing vanishes.</summary>
    public void Dispose() => _table.StopRefresh();
}
