using System.Diagnostics.CodeAnalysis;

namespace QLearning.Learning.QTables;

/// <summary>Entries that the database refused, those that were not tried for the longest time first.</summary>
internal sealed class RefusedEntries
{
    private readonly LinkedList<EntryRef> _order = [];
    private readonly Dictionary<EntryRef, LinkedListNode<EntryRef>> _nodes = [];

    public int Count => _nodes.Count;

    public void Add(EntryRef entry) => _nodes.Add(entry, _order.AddLast(entry));

    public void Remove(EntryRef entry)
    {
        if (_nodes.Remove(entry, out var node))
        {
            _order.Remove(node);
        }
    }

    public bool TryPeek([NotNullWhen(true)] out EntryRef? oldest)
    {
        oldest = _order.First?.Value;
        return oldest is not null;
    }
}
