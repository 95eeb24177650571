using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// All updates of one client and one agent type that are not settled, in the order of their numbers. Which grain an update goes to follows
/// from its state's key at each send, so this list knows nothing of partitions but how to divide. An update that is not settled for long,
/// such as a step that an agent never reports again, does not hold up others: they get numbers under another client id. Safe for several
/// threads.
/// </summary>
/// <param name="maxRoom">
/// The most room that kept updates may take, see <see cref="PendingUpdates.RoomOf"/>, but for a single larger call.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="maxSpan">The most numbers from the first that is not settled to the last, but for one delivery.</param>
/// <param name="given">Whose list it is and its first number, when the caller keeps the numbers; null: a new client's.</param>
internal sealed class UpdateList(int maxRoom, TimeProvider time, int maxSpan = UpdateSenderOptions.DefaultMaxSpan, UpdateId? given = null)
{
    // A hundredth of the span for this time is enough to begin another sequence: each flush writes every number above the floor.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<NumberSequence> _older = [];
    private readonly AcknowledgedUpdates _acknowledged = new();
    private NumberSequence _numbers = new(given?.ClientId ?? Guid.NewGuid(), 0) { Last = given?.Number - 1 ?? 0 };
    private long _acknowledgements;
    private int _count;
    private int _taken;
    private int _reserved;

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
                return _acknowledged.HasAny();
            }
        }
    }

    /// <summary>The place of the newest update; 0: there was none.</summary>
    public long Newest
    {
        get
        {
            lock (_lock)
            {
                return _numbers.PlaceOf(_numbers.Last);
            }
        }
    }

    /// <summary>How many acknowledgements there were.</summary>
    public long Acknowledgements
    {
        get
        {
            lock (_lock)
            {
                return _acknowledgements;
            }
        }
    }

    /// <summary>The number below which all are settled that have the same client id as some updates.</summary>
    public long SettledBelow(PendingUpdates updates)
    {
        // Of given numbers only their keeper knows that.
        if (given is { } kept)
        {
            return kept.SettledBelow;
        }

        lock (_lock)
        {
            return updates.Numbers.SettledBelow;
        }
    }

    /// <summary>True when an update up to a place was acknowledged and may not be durable.</summary>
    public bool HasAcknowledgedUpTo(long place)
    {
        lock (_lock)
        {
            return Pending.TakeWhile(pending => pending.Order <= place).Any(pending => pending.IsAcknowledged);
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

    /// <summary>Numbers the updates of calls that go together, under one client id.</summary>
    public List<PendingUpdates> Add(IReadOnlyList<UpdateCall> calls)
    {
        lock (_lock)
        {
            BeginSequence();
            var added = new List<PendingUpdates>(calls.Count);
            foreach (var call in calls)
            {
                added.Add(Append(call.Updates, call));
            }

            return added;
        }
    }

    /// <summary>Numbers updates that no call waits for.</summary>
    public PendingUpdates Add(UpdateGroup updates)
    {
        lock (_lock)
        {
            BeginSequence();
            return Append(updates, call: null);
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
    /// <param name="partitions">How many partitions there were when they were sent.</param>
    public void Acknowledge(PendingUpdates pending, Guid owner, long version, long durable, int partitions)
    {
        lock (_lock)
        {
            if (!pending.IsSettled)
            {
                (pending.Owner, pending.Version, pending.Acknowledgement) = (owner, version, ++_acknowledgements);
                if (version <= durable)
                {
                    Remove(pending);
                }
                else
                {
                    _acknowledged.Add(pending, partitions);
                    Release(pending);
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

    /// <summary>Updates of Q-values that were forgotten after they were learned: sent again they would bring them back.</summary>
    /// <param name="acknowledgements">How many there were before the Q-values were forgotten.</param>
    /// <param name="isForgotten">Which Q-values.</param>
    public void Forget(long acknowledgements, Func<StateKey, ActionKey, bool> isForgotten)
    {
        lock (_lock)
        {
            foreach (var pending in Pending.Where(one => one.IsAcknowledged && one.Acknowledgement <= acknowledgements).ToArray())
            {
                var group = pending.Group;
                int[] left = [.. Enumerable.Range(0, group.Count).Where(i => !isForgotten(group.StateAt(i), group.ActionAt(i)))];
                if (left.Length == 0)
                {
                    Remove(pending);
                }
                else if (left.Length < group.Count)
                {
                    Replace(pending, [(0, pending.Pick(left))]);
                    _count -= group.Count - left.Length;
                    pending.Call?.Keep(left.Length - group.Count);
                }
            }
        }
    }

    /// <summary>True when another owner acknowledged updates of a partition than the one that has it: that may not know them.</summary>
    public bool HasLost(Guid owner, int partition, int partitions)
    {
        lock (_lock)
        {
            if (!_acknowledged.MayHaveOthersThan(owner, partition, partitions))
            {
                return false;
            }

            var owners = new Guid?[partitions];
            owners[partition] = owner;
            return Pending.Any(pending => pending.IsAcknowledged && MayBeLost(pending, owners));
        }
    }

    /// <summary>Updates that another owner acknowledged than the one that has their partition now, which may not know them.</summary>
    /// <param name="ownerOf">The owner of a partition; null: its updates are not asked for.</param>
    /// <param name="partitions">How many there are.</param>
    public PendingUpdates[] FindLost(Func<int, Guid?> ownerOf, int partitions)
    {
        var owners = Enumerable.Range(0, partitions).Select(ownerOf).ToArray();
        PendingUpdates[] acknowledged;
        lock (_lock)
        {
            // While no owner has changed nothing is to be looked at, although this is asked every quarter of a second.
            if (!_acknowledged.MayHaveOthersThan(owners))
            {
                return [];
            }

            acknowledged = [.. Pending.Where(pending => pending.IsAcknowledged)];
        }

        // What one partition had, several may have now.
        return [.. acknowledged.Where(pending => MayBeLost(pending, owners))
            .SelectMany(pending => Divide(pending, partitions))
            .Where(part => owners[part.Partition] is { } owner && part.Updates.Owner != owner)
            .Select(part => part.Updates)
            .OrderBy(lost => lost.Order)];
    }

    // Most are where they were: they need not be divided.
    private static bool MayBeLost(PendingUpdates pending, Guid?[] owners)
    {
        for (var i = 0; i < pending.Group.Count; i++)
        {
            if (owners[TablePartition.IndexOf(pending.Group.StateAt(i), owners.Length)] is { } owner && pending.Owner != owner)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<PendingUpdates> Pending => _older.Append(_numbers).SelectMany(numbers => numbers.Pending);

    private PendingUpdates Append(UpdateGroup updates, UpdateCall? call)
    {
        var numbered = updates with { Number = _numbers.Last + 1 };
        var pending = new PendingUpdates(numbered, call, null) { Numbers = _numbers, Added = time.GetTimestamp() };
        _reserved -= pending.Room;
        _taken += pending.Room;
        _numbers.Last += updates.Count;
        pending.Place = _numbers.Pending.AddLast(pending);
        _count += updates.Count;
        call?.Keep(updates.Count);
        return pending;
    }

    /// <summary>Begins another sequence of numbers when one that is not settled holds the floor of this one.</summary>
    private void BeginSequence()
    {
        if (given is null && _numbers.Pending.First?.Value is { } oldest && _numbers.Last - oldest.Group.Number is var span
            && (span >= maxSpan || (span >= maxSpan / 100 && time.GetElapsedTime(oldest.Added) >= _patience)))
        {
            _older.Add(_numbers);
            _numbers = new NumberSequence(Guid.NewGuid(), _numbers.PlaceOf(_numbers.Last));
        }
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

            part.Place = place.List!.AddAfter(after, part);
            _taken += part.Room;
            if (part.IsAcknowledged)
            {
                _acknowledged.AddShare(part);
            }
        }

        place.List!.Remove(place);
        pending.Place = null;
        _taken -= pending.Room;
    }

    // They may be kept for seconds, by tens of thousands: what only their caller needs, who has the answer now, must not be kept with them.
    // A share of a call is not its answer yet.
    private static void Release(PendingUpdates pending)
    {
        if (pending.Call is { Problem: null } call && pending.Group.Count == call.Updates.Count)
        {
            call.Keep(-pending.Group.Count);
            pending.Call = null;
        }
    }

    private void RemoveDurable(Guid owner, long durable)
    {
        foreach (var pending in _acknowledged.TakeDurable(owner, durable))
        {
            Remove(pending);
        }
    }

    private void Remove(PendingUpdates pending)
    {
        if (pending.Place is { } place)
        {
            place.List!.Remove(place);
            if (pending.Numbers.Pending.Count == 0)
            {
                _older.Remove(pending.Numbers);
            }

            pending.Place = null;
            _count -= pending.Group.Count;
            _taken -= pending.Room;
            pending.Call?.Keep(-pending.Group.Count);
        }
    }
}
