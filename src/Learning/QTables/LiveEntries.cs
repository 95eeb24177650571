namespace QLearning.Learning.QTables;

/// <summary>
/// The entries of one state that have not expired, in the order they were first learned. Walking through it allocates nothing; it is
/// valid until the table changes.
/// </summary>
public readonly ref struct LiveEntries
{
    private readonly ReadOnlySpan<PackedEntry> _entries;
    private readonly uint _now;

    internal LiveEntries(ReadOnlySpan<PackedEntry> entries, uint now)
    {
        _entries = entries;
        _now = now;
    }

    /// <summary>Walks through the entries.</summary>
    public Enumerator GetEnumerator() => new(_entries, _now);

    /// <summary>How many entries have not expired.</summary>
    public int Count()
    {
        var count = 0;
        foreach (ref readonly var entry in _entries)
        {
            count += entry.IsExpired(_now) ? 0 : 1;
        }

        return count;
    }

    /// <summary>The entries as an array.</summary>
    public QEntry[] ToArray()
    {
        var array = new QEntry[Count()];
        var next = 0;
        foreach (var entry in this)
        {
            array[next++] = entry;
        }

        return array;
    }

    /// <summary>Walks through <see cref="LiveEntries"/>.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<PackedEntry> _entries;
        private readonly uint _now;
        private int _index;

        internal Enumerator(ReadOnlySpan<PackedEntry> entries, uint now)
        {
            _entries = entries;
            _now = now;
            _index = -1;
        }

        /// <summary>The entry at hand.</summary>
        public readonly QEntry Current => QEntry.Of(_entries[_index]);

        /// <summary>Steps to the next entry that has not expired.</summary>
        public bool MoveNext()
        {
            do
            {
                _index++;
            }
            while (_index < _entries.Length && _entries[_index].IsExpired(_now));

            return _index < _entries.Length;
        }
    }
}
