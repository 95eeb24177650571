using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>What each owner acknowledged and may not be durable, in the order of its answers. Not safe for several threads.</summary>
internal sealed class AcknowledgedUpdates
{
    private readonly Dictionary<Guid, OfOwner> _byOwner = [];

    /// <summary>True when there are some that are not settled.</summary>
    public bool HasAny()
    {
        foreach (var (owner, own) in _byOwner.ToArray())
        {
            while (own.Updates.TryPeek(out var oldest) && !IsOf(owner, oldest))
            {
                own.Updates.Dequeue();
            }

            RemoveEmpty(owner, own);
        }

        return _byOwner.Count > 0;
    }

    /// <summary>False when each partition's were acknowledged by its owner. Cheap: it does not look at each.</summary>
    /// <param name="owners">The owner of each partition; null: it does not matter.</param>
    public bool MayHaveOthersThan(Guid?[] owners)
    {
        for (var partition = 0; partition < owners.Length; partition++)
        {
            if (owners[partition] is { } owner && MayHaveOthersThan(owner, partition, owners.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False when all that others acknowledged than the owner of a partition belongs to other partitions.</summary>
    public bool MayHaveOthersThan(Guid owner, int partition, int partitions)
    {
        foreach (var (acknowledged, own) in _byOwner)
        {
            if (acknowledged != owner
                && !(own.Partition is { } other && other.Partitions == partitions && other.Partition != partition))
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
        if (!_byOwner.TryGetValue(pending.Owner, out var own))
        {
            _byOwner[pending.Owner] = own = new OfOwner { Partition = partition };
        }
        else if (own.Partition is { } known && known != partition)
        {
            // Its first ones may have been sent, by an agent's grain, when this client did not know of the partitions.
            own.Partition = known.Partitions != partitions && AreAllIn(partition, pending.Owner, own) ? partition : null;
        }

        own.Updates.Enqueue(pending);
    }

    /// <summary>Adds a share of updates that are not settled and that its owner acknowledged with them.</summary>
    public void AddShare(PendingUpdates pending) => _byOwner[pending.Owner].Updates.Enqueue(pending);

    /// <summary>
    /// Takes those away that are durable. Answers come nearly in the order of versions: one that is late holds up those behind it only
    /// until it is durable itself.
    /// </summary>
    public IEnumerable<PendingUpdates> TakeDurable(Guid owner, long durable)
    {
        if (!_byOwner.TryGetValue(owner, out var own))
        {
            yield break;
        }

        while (own.Updates.TryPeek(out var oldest) && (!IsOf(owner, oldest) || oldest.Version <= durable))
        {
            own.Updates.Dequeue();
            if (IsOf(owner, oldest))
            {
                yield return oldest;
            }
        }

        RemoveEmpty(owner, own);
    }

    private static bool AreAllIn((int Partition, int Partitions) partition, Guid owner, OfOwner own) =>
        own.Updates.Where(pending => IsOf(owner, pending)).All(pending => Enumerable.Range(0, pending.Group.Count)
            .All(i => TablePartition.IndexOf(pending.Group.StateAt(i), partition.Partitions) == partition.Partition));

    // One that was settled otherwise, or that another owner has acknowledged since, is left in the queue until it comes to the front.
    private static bool IsOf(Guid owner, PendingUpdates pending) => !pending.IsSettled && pending.Owner == owner;

    private void RemoveEmpty(Guid owner, OfOwner own)
    {
        if (own.Updates.Count == 0)
        {
            _byOwner.Remove(owner);
        }
    }

    private sealed class OfOwner
    {
        public Queue<PendingUpdates> Updates { get; } = new();

        /// <summary>The partition that they are of; null: of several, as after the table was repartitioned.</summary>
        public (int Partition, int Partitions)? Partition { get; set; }
    }
}
