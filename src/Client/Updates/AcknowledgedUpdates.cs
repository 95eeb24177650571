using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>What each owner acknowledged and may not be durable, in the order of its answers. Not safe for several threads.</summary>
internal sealed class AcknowledgedUpdates
{
    private readonly Dictionary<Guid, Queue<PendingUpdates>> _byOwner = [];

    // The partition of which each owner acknowledged something; null: of several, as after the table was repartitioned.
    private readonly Dictionary<Guid, (int Partition, int Partitions)?> _partitionOf = [];

    /// <summary>True when there are some that are not settled.</summary>
    public bool HasAny()
    {
        foreach (var (owner, queue) in _byOwner.ToArray())
        {
            while (queue.TryPeek(out var oldest) && !IsOf(owner, oldest))
            {
                queue.Dequeue();
            }

            RemoveEmpty(owner, queue);
        }

        return _byOwner.Count > 0;
    }

    /// <summary>False when all were acknowledged by the only owner there is. Cheap: it does not look at each.</summary>
    /// <param name="owners">The owner of each partition; null: it does not matter.</param>
    public bool MayHaveOthersThan(Guid?[] owners)
    {
        foreach (var acknowledged in _byOwner.Keys)
        {
            if (!Array.TrueForAll(owners, owner => owner is null || owner == acknowledged))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// False when all that others acknowledged than the owner of a partition belongs to other partitions. Cheap: it does not look at each.
    /// </summary>
    public bool MayHaveOthersThan(Guid owner, int partition, int partitions)
    {
        foreach (var acknowledged in _byOwner.Keys)
        {
            if (acknowledged != owner
                && !(_partitionOf[acknowledged] is { } other && other.Partitions == partitions && other.Partition != partition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds updates to those that their owner acknowledged.</summary>
    /// <param name="pending">The updates, all of one partition.</param>
    /// <param name="partitions">How many there were when they were sent.</param>
    public void Add(PendingUpdates pending, int partitions)
    {
        var partition = (TablePartition.IndexOf(pending.Group.StateAt(0), partitions), partitions);
        if (!_partitionOf.TryAdd(pending.Owner, partition) && _partitionOf[pending.Owner] is { } known && known != partition)
        {
            // Its first ones may have been sent, by an agent's grain, when this client did not know of the partitions.
            _partitionOf[pending.Owner] = known.Partitions != partitions && AreAllIn(partition, pending.Owner) ? partition : null;
        }

        Add(pending);
    }

    private bool AreAllIn((int Partition, int Partitions) partition, Guid owner) =>
        _byOwner[owner].Where(pending => IsOf(owner, pending)).All(pending => Enumerable.Range(0, pending.Group.Count)
            .All(i => TablePartition.IndexOf(pending.Group.StateAt(i), partition.Partitions) == partition.Partition));

    /// <summary>Adds a share of updates that their owner acknowledged.</summary>
    public void Add(PendingUpdates pending)
    {
        if (!_byOwner.TryGetValue(pending.Owner, out var queue))
        {
            _byOwner[pending.Owner] = queue = new Queue<PendingUpdates>();
        }

        queue.Enqueue(pending);
    }

    /// <summary>
    /// Takes those away that are durable. Answers come nearly in the order of versions: one that is late holds up those behind it only
    /// until it is durable itself.
    /// </summary>
    public IEnumerable<PendingUpdates> TakeDurable(Guid owner, long durable)
    {
        if (!_byOwner.TryGetValue(owner, out var queue))
        {
            yield break;
        }

        while (queue.TryPeek(out var oldest) && (!IsOf(owner, oldest) || oldest.Version <= durable))
        {
            queue.Dequeue();
            if (IsOf(owner, oldest))
            {
                yield return oldest;
            }
        }

        RemoveEmpty(owner, queue);
    }

    // One that was settled otherwise, or that another owner has acknowledged since, is left in the queue until it comes to the front.
    private static bool IsOf(Guid owner, PendingUpdates pending) => !pending.IsSettled && pending.Owner == owner;

    private void RemoveEmpty(Guid owner, Queue<PendingUpdates> queue)
    {
        if (queue.Count == 0)
        {
            _byOwner.Remove(owner);
            _partitionOf.Remove(owner);
        }
    }
}
