using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>One taking of the ownership of a partition's rows.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Id">
/// Names this taking for ever: what it acknowledged and has not stored is lost to any other owner. Unlike the epoch it never repeats, not
/// even on a database that was set back to an old backup.
/// </param>
/// <param name="Epoch">Its fencing token.</param>
internal sealed record PartitionOwner(TablePartition Partition, Guid Id, long Epoch)
{
    /// <summary>The key of the grain.</summary>
    public AgentTypeKey Key => Partition.Owner;
}
