namespace QLearning.Learning.QTables;

/// <summary>
/// One state of a Q-table: its key and its entries in one array. A row without entries says that the database has none either.
/// </summary>
public sealed class QRow
{
    // Most states have few actions: growing by one up to here keeps their arrays exact, and the copying is over soon.
    private const int ExactGrowth = 8;

    private PackedEntry[] _entries = [];

    // A copy of the best entry, so that a read of it needs nothing but the row.
    private PackedEntry _best;
    private bool _hasBest;

    internal QRow(StateKey key)
    {
        Key = key;
    }

    /// <summary>The state's key.</summary>
    public StateKey Key { get; }

    /// <summary>The state's JSON while an entry of it waits to be stored and it was given, else null.</summary>
    public string? PendingJson { get; internal set; }

    /// <summary>How many entries it has, expired ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Grows at each use of any row of the table: the smallest was used least recently.</summary>
    internal long UseStamp { get; set; }

    /// <summary>True while somebody needs the row in memory.</summary>
    internal bool IsHeld { get; set; }

    internal ReadOnlySpan<PackedEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>The entries to be changed: which is best is not known after it.</summary>
    internal Span<PackedEntry> ChangingEntries
    {
        get
        {
            _hasBest = false;
            return _entries.AsSpan(0, Count);
        }
    }

    /// <summary>The best entry; valid while <see cref="HasBestAt"/>.</summary>
    internal BestEntry Best => new(_best.ActionIndex, _best.Q, _best.Confidence, _best.Visits);

    /// <summary>True when an entry is dirty or in flight: the row must stay in memory and its indexes must not move.</summary>
    internal bool IsBusy
    {
        get
        {
            foreach (ref readonly var entry in Entries)
            {
                if (entry.IsBusy)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>An entry to be changed: which is best is not known after it.</summary>
    internal ref PackedEntry this[int index] => ref ChangingEntries[index];

    /// <summary>Whether <see cref="Best"/> is known and has not expired.</summary>
    internal bool HasBestAt(uint now) => _hasBest && !_best.IsExpired(now);

    /// <summary>Notes the best entry, until an entry changes.</summary>
    internal void KeepBest(in PackedEntry entry) => (_best, _hasBest) = (entry, true);

    internal int IndexOf(int actionIndex)
    {
        var entries = Entries;
        for (var index = 0; index < entries.Length; index++)
        {
            if (entries[index].ActionIndex == actionIndex)
            {
                return index;
            }
        }

        return -1;
    }

    internal int Add(PackedEntry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count < ExactGrowth ? Count + 1 : Count + (Count / 2));
        }

        _entries[Count] = entry;
        _hasBest = false;
        return Count++;
    }

    internal void RemoveLast()
    {
        _entries[--Count] = default;
        _hasBest = false;
    }

    /// <summary>Drops expired entries of a row that is not busy; returns how many, and the sum of their visits.</summary>
    internal (int Entries, long Visits) RemoveExpired(uint now)
    {
        _hasBest = false;
        var kept = 0;
        var visits = 0L;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.IsExpired(now))
            {
                visits += entry.Visits;
            }
            else
            {
                _entries[kept++] = entry;
            }
        }

        var removed = Count - kept;
        if (removed > 0)
        {
            Array.Resize(ref _entries, kept);
            Count = kept;
        }

        return (removed, visits);
    }

    internal long VisitTotal()
    {
        var visits = 0L;
        foreach (ref readonly var entry in Entries)
        {
            visits += entry.Visits;
        }

        return visits;
    }
}
