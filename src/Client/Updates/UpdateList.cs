using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// All updates of one client and one agent type that are not settled, in the order of their numbers. Which grain an update goes to follows
/// from its state's key at each send, so this list knows nothing of partitions but how to divide. Safe for several threads.
/// </summary>
/// <param name="maxRoom">
/// The most room that kept updates may take, see <see cref="PendingUpdates.RoomOf"/>, but for a single larger call.
/// </param>
/// <param name="given">Whose list it is and its first number, when the caller keeps the numbers; null: a new client's.</param>
internal sealed class UpdateList(int maxRoom, UpdateId? given = null)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<PendingUpdates> _pending = new();
    private readonly Dictionary<Guid, Queue<PendingUpdates>> _acknowledged = [];
    private long _lastNumber = given?.Number - 1 ?? 0;
    private int _count;
    private int _taken;
    private int _reserved;

    /// <summary>Whose list it is: new for each list, so that a number means one update for ever.</summary>
    public Guid ClientId { get; } = given?.ClientId ?? Guid.NewGuid();

    /// <summary>Updates that are not settled.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>True when half of the room is taken.</summary>
    public bool IsHalfFull => Volatile.Read(ref _taken) > maxRoom / 2;

    /// <summary>True when something was acknowledged that may not be durable.</summary>
    public bool HasAcknowledged
    {
        get
        {
            lock (_lock)
            {
                RemoveSettled();
                return _acknowledged.Count > 0;
            }
        }
    }

    /// <summary>The number of the newest update; 0: there was none.</summary>
    public long NewestNumber => Volatile.Read(ref _lastNumber);

    /// <summary>Every lower number is settled. Of given numbers only their keeper knows that.</summary>
    public long SettledBelow
    {
        get
        {
            if (given is { } kept)
            {
                return kept.SettledBelow;
            }

            lock (_lock)
            {
                return _pending.First?.Value.Group.Number ?? _lastNumber + 1;
            }
        }
    }

    /// <summary>True when an update up to a number was acknowledged and may not be durable.</summary>
    public bool HasAcknowledgedUpTo(long number)
    {
        lock (_lock)
        {
            return _pending.TakeWhile(pending => pending.Group.Number <= number).Any(pending => pending.IsAcknowledged);
        }
    }

    /// <summary>Keeps room for updates that will be added; false when there is none.</summary>
    public bool TryReserve(int room)
    {
        lock (_lock)
        {
            if (_taken + _reserved > 0 && _taken + _reserved + room > maxRoom)
            {
                return false;
            }

            _reserved += room;
            return true;
        }
    }

    /// <summary>Numbers the updates of a call.</summary>
    public PendingUpdates Add(UpdateCall call) => Add(call.Updates, call);

    /// <summary>Numbers updates for which room was reserved.</summary>
    public PendingUpdates Add(UpdateGroup updates, UpdateCall? call)
    {
        lock (_lock)
        {
            var pending = new PendingUpdates(updates with { Number = _lastNumber + 1 }, call, null);
            _reserved -= pending.Room;
            _taken += pending.Room;
            _lastNumber += updates.Count;
            pending.Place = _pending.AddLast(pending);
            _count += updates.Count;
            call?.Keep(updates.Count);
            return pending;
        }
    }

    /// <summary>Divides updates so that each share belongs to one partition; what belongs to one stays as it is.</summary>
    /// <param name="pending">Updates that are not settled.</param>
    /// <param name="partitions">How many partitions there are.</param>
    public IEnumerable<(int Partition, PendingUpdates Updates)> Divide(PendingUpdates pending, int partitions)
    {
        var group = pending.Group;
        var first = TablePartition.IndexOf(group.StateAt(0), partitions);
        if (partitions == 1 || Enumerable.Range(1, group.Count - 1).All(i => TablePartition.IndexOf(group.StateAt(i), partitions) == first))
        {
            return [(first, pending)];
        }

        var parts = Enumerable.Range(0, group.Count)
            .GroupBy(i => TablePartition.IndexOf(group.StateAt(i), partitions))
            .Select(places => (places.Key, pending.Pick([.. places])))
            .ToArray();
        lock (_lock)
        {
            Replace(pending, parts);
        }

        return parts;
    }

    /// <summary>Notes that an owner has learned updates, and what is durable of all that it has learned.</summary>
    /// <param name="pending">The updates.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="version">The newest version of them; 0: they are durable.</param>
    /// <param name="durable">The owner's durable version.</param>
    public void Acknowledge(PendingUpdates pending, Guid owner, long version, long durable)
    {
        lock (_lock)
        {
            if (!pending.IsSettled)
            {
                (pending.Owner, pending.Version) = (owner, version);
                if (version <= durable)
                {
                    Remove(pending);
                }
                else
                {
                    Enqueue(pending);
                }
            }

            RemoveDurable(owner, durable);
        }
    }

    /// <summary>Notes what is durable of all that an owner has learned.</summary>
    public void Settle(Guid owner, long durable)
    {
        lock (_lock)
        {
            RemoveDurable(owner, durable);
        }
    }

    /// <summary>Updates that will not be sent again: refused, or without an answer for too long.</summary>
    public void GiveUp(PendingUpdates pending)
    {
        lock (_lock)
        {
            Remove(pending);
        }
    }

    /// <summary>Updates of a partition that another owner acknowledged than the one that has it now, which may not know them.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="partitions">How many there are.</param>
    public PendingUpdates[] FindLost(Guid owner, int partition, int partitions) =>
        FindLost(partitions, (pending, own) => own == partition && pending.Owner != owner);

    /// <summary>As the other, of all partitions.</summary>
    /// <param name="owners">The owner of each partition.</param>
    public PendingUpdates[] FindLost(IReadOnlyList<Guid> owners) =>
        FindLost(owners.Count, (pending, own) => pending.Owner != owners[own]);

    private PendingUpdates[] FindLost(int partitions, Func<PendingUpdates, int, bool> isLost)
    {
        PendingUpdates[] acknowledged;
        lock (_lock)
        {
            acknowledged = [.. _pending.Where(pending => pending.IsAcknowledged)];
        }

        // What one partition had, several may have now.
        return [.. acknowledged.SelectMany(pending => Divide(pending, partitions))
            .Where(part => isLost(part.Updates, part.Partition)).Select(part => part.Updates).OrderBy(lost => lost.Group.Number)];
    }

    private void Replace(PendingUpdates pending, (int Partition, PendingUpdates Updates)[] parts)
    {
        if (pending.Place is not { } place)
        {
            return;
        }

        foreach (var (_, part) in parts.OrderBy(part => part.Updates.Group.Number))
        {
            // In the order of first numbers: the shares of a call lie between the numbers of calls that were made after it was divided
            // once.
            var after = place;
            while (after.Next is { } next && next.Value.Group.Number < part.Group.Number)
            {
                after = next;
            }

            part.Place = _pending.AddAfter(after, part);
            _taken += part.Room;
            if (part.IsAcknowledged)
            {
                Enqueue(part);
            }
        }

        _pending.Remove(place);
        pending.Place = null;
        _taken -= pending.Room;
    }

    private void Enqueue(PendingUpdates pending)
    {
        if (!_acknowledged.TryGetValue(pending.Owner, out var queue))
        {
            _acknowledged[pending.Owner] = queue = new Queue<PendingUpdates>();
        }

        queue.Enqueue(pending);
    }

    private void RemoveDurable(Guid owner, long durable)
    {
        if (!_acknowledged.TryGetValue(owner, out var queue))
        {
            return;
        }

        // Answers come nearly in the order of versions: one that is late holds up those behind it only until it is durable itself.
        while (queue.TryPeek(out var oldest) && (oldest.IsSettled || oldest.Owner != owner || oldest.Version <= durable))
        {
            queue.Dequeue();
            if (oldest.Owner == owner)
            {
                Remove(oldest);
            }
        }

        if (queue.Count == 0)
        {
            _acknowledged.Remove(owner);
        }
    }

    private void RemoveSettled()
    {
        foreach (var (owner, queue) in _acknowledged.ToArray())
        {
            while (queue.TryPeek(out var oldest) && (oldest.IsSettled || oldest.Owner != owner))
            {
                queue.Dequeue();
            }

            if (queue.Count == 0)
            {
                _acknowledged.Remove(owner);
            }
        }
    }

    private void Remove(PendingUpdates pending)
    {
        if (pending.Place is { } place)
        {
            _pending.Remove(place);
            pending.Place = null;
            _count -= pending.Group.Count;
            _taken -= pending.Room;
            pending.Call?.Keep(-pending.Group.Count);
        }
    }
}
