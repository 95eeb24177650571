namespace QLearning.Learning.QTables;

/// <summary>
/// The place of one entry. Valid while the entry is dirty or in flight, because such a row is neither dropped nor compacted.
/// </summary>
internal readonly record struct EntryRef(QRow Row, int Index)
{
    public ref PackedEntry Entry => ref Row[Index];
}

/// <summary>
/// Dirty entries in the order they became dirty: a ring that is also taken back at its end (roll-back) and refilled at its front (retry).
/// </summary>
internal sealed class EntryQueue
{
    private const int StartCapacity = 16;

    private EntryRef[] _ring = [];
    private int _head;

    public int Count { get; private set; }

    public void PushBack(EntryRef entry)
    {
        Grow();
        _ring[Slot(Count)] = entry;
        Count++;
    }

    public void PushFront(EntryRef entry)
    {
        Grow();
        _head = _head == 0 ? _ring.Length - 1 : _head - 1;
        _ring[_head] = entry;
        Count++;
    }

    public EntryRef PopFront()
    {
        var entry = _ring[_head];
        _ring[_head] = default;
        _head = Slot(1);
        Count--;
        return entry;
    }

    public void PopBack()
    {
        Count--;
        _ring[Slot(Count)] = default;
    }

    // The ring's length is a power of two.
    private int Slot(int offset) => (_head + offset) & (_ring.Length - 1);

    private void Grow()
    {
        if (Count < _ring.Length)
        {
            return;
        }

        var larger = new EntryRef[Math.Max(StartCapacity, _ring.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[Slot(i)];
        }

        (_ring, _head) = (larger, 0);
    }
}
