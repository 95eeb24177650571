namespace QLearning.Client.Updates;

/// <summary>
/// The numbers of a client's updates of one agent type: each is given once, whichever part of the Q-table it goes to, so that it means the
/// same after the table was split otherwise. Safe for several threads.
/// </summary>
internal sealed class UpdateNumbers
{
    private readonly Lock _gate = new();
    private volatile UnsettledUpdates[] _parts = [];
    private long _last;

    /// <summary>Who gives them.</summary>
    public Guid ClientId { get; } = Guid.NewGuid();

    /// <summary>Updates that are not settled.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var part in _parts)
            {
                count += part.Count;
            }

            return count;
        }
    }

    /// <summary>The next number; to be given under the lock of the part that keeps it.</summary>
    public long Next() => Interlocked.Increment(ref _last);

    /// <summary>The lowest number that is not settled, or the one given if there is none below it.</summary>
    public long SettledBelow(long number)
    {
        foreach (var part in _parts)
        {
            number = Math.Min(number, part.Lowest ?? number);
        }

        return number;
    }

    /// <summary>Counts in what a part keeps.</summary>
    public void Add(UnsettledUpdates part)
    {
        lock (_gate)
        {
            _parts = [.. _parts, part];
        }
    }

    /// <summary>Forgets parts that keep nothing any more, but for those in use.</summary>
    public void RemoveEmpty(IReadOnlyCollection<UnsettledUpdates> inUse)
    {
        lock (_gate)
        {
            _parts = [.. _parts.Where(part => part.Lowest is not null || inUse.Contains(part))];
        }
    }
}
