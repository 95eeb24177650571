using System.Collections;
using QLearning.Learning.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>The changes of a Q-table as the rows that storage writes, without copying them.</summary>
internal sealed class QChangeWrites(QChanges changes) : IReadOnlyList<QValueWrite>
{
    public int Count => changes.Count;

    public QValueWrite this[int index]
    {
        get
        {
            var change = changes[index];
            return new QValueWrite(
                change.RowId,
                change.State,
                change.StateJson,
                change.Action,
                change.ActionJson,
                change.Value,
                change.VisitCount,
                change.Confidence,
                change.Uncertainty,
                change.ExpiresAt,
                change.KnownExpiry);
        }
    }

    public IEnumerator<QValueWrite> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
