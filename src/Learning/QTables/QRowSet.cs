using System.Collections;

namespace QLearning.Learning.QTables;

/// <summary>
/// The rows of a table by their keys, in one array with open addressing (linear probing). A look-up touches one cache line of it and then
/// the row; <see cref="HashSet{T}"/> touches two before the row, and where a table is larger than the caches each costs a wait for memory.
/// </summary>
internal sealed class QRowSet : IEnumerable<QRow>
{
    private const int MinCapacity = 8;

    // A power of two, so that a mask replaces a division.
    private Slot[] _slots = new Slot[MinCapacity];

    /// <summary>How many rows it has.</summary>
    public int Count { get; private set; }

    private int Mask => _slots.Length - 1;

    /// <summary>The row of a state; null when there is none.</summary>
    public QRow? Find(StateKey key)
    {
        var slots = _slots;
        var hash = key.GetHashCode();
        for (var at = hash & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly var slot = ref slots[at];
            if (slot.Row is null || (slot.Hash == hash && slot.Row.Key == key))
            {
                return slot.Row;
            }
        }
    }

    /// <summary>Adds a row whose key it does not have.</summary>
    public void Add(QRow row)
    {
        EnsureCapacity(Count + 1);
        Place(new Slot(row.Key.GetHashCode(), row));
        Count++;
    }

    /// <summary>Removes a row that it has.</summary>
    public void Remove(QRow row)
    {
        var hole = row.Key.GetHashCode() & Mask;
        while (!ReferenceEquals(_slots[hole].Row, row))
        {
            hole = (hole + 1) & Mask;
        }

        // Whoever was put aside by a full slot moves up, so that no look-up stops too early at the hole.
        for (var at = (hole + 1) & Mask; _slots[at].Row is not null; at = (at + 1) & Mask)
        {
            var wanted = _slots[at].Hash & Mask;
            if (((at - wanted) & Mask) >= ((at - hole) & Mask))
            {
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = default;
        Count--;
    }

    /// <summary>Removes all rows that a condition holds for; it is asked once for each.</summary>
    public void RemoveWhere(Predicate<QRow> condition)
    {
        var before = Count;
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Row is not null && condition(slot.Row))
            {
                slot = default;
                Count--;
            }
        }

        if (Count < before)
        {
            Resize(_slots.Length);
        }
    }

    /// <summary>Makes room for so many rows in all.</summary>
    public void EnsureCapacity(int count)
    {
        var capacity = _slots.Length;
        while (count > MaxCount(capacity))
        {
            capacity *= 2;
        }

        if (capacity > _slots.Length)
        {
            Resize(capacity);
        }
    }

    /// <inheritdoc />
    public IEnumerator<QRow> GetEnumerator()
    {
        foreach (var slot in _slots)
        {
            if (slot.Row is not null)
            {
                yield return slot.Row;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Fuller, and the rows of look-ups that find nothing grow long.
    private static int MaxCount(int capacity) => capacity / 8 * 5;

    private void Resize(int capacity)
    {
        var old = _slots;
        _slots = new Slot[capacity];
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.Row is not null)
            {
                Place(slot);
            }
        }
    }

    private void Place(Slot slot)
    {
        var at = slot.Hash & Mask;
        while (_slots[at].Row is not null)
        {
            at = (at + 1) & Mask;
        }

        _slots[at] = slot;
    }

    private readonly record struct Slot(int Hash, QRow? Row);
}
