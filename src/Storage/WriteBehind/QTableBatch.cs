using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>What one grain hands over for one flush.</summary>
/// <param name="Owner">The grain.</param>
/// <param name="Epoch">The grain's fencing token.</param>
/// <param name="Watermark">The number of this flush, higher than that of the flush before.</param>
/// <param name="Writes">The dirty Q-values; no state and action twice.</param>
public sealed record QTableBatch(AgentTypeKey Owner, long Epoch, long Watermark, IReadOnlyList<QChange> Writes)
{
    /// <summary>The id that the activation took the ownership with: with the epoch it says who may write.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>
    /// The number of the newest flush of this owner that is known to be committed: when the database does not have it, it was set back to a
    /// backup, and nothing is written. What the owner keeps in memory is then not what the database has.
    /// </summary>
    public long After { get; init; }

    /// <summary>The clients whose updates are in it.</summary>
    public IReadOnlyList<ClientWindow> Clients { get; init; } = [];

    /// <summary>The late rewards that were learned in it.</summary>
    public IReadOnlyList<RewardWrite> Rewards { get; init; } = [];

    /// <summary>The traced calls that changed what is written.</summary>
    public IReadOnlyList<ActivityContext> Calls { get; init; } = [];

    internal int RowCount => Writes.Count + Rewards.Count;

    /// <summary>How much it is; walks through all its rows.</summary>
    internal WriteSize Measure()
    {
        long bytes = RewardWrite.ByteCount * Rewards.Count;
        for (var i = 0; i < Writes.Count; i++)
        {
            bytes += Writes[i].ByteCount();
        }

        return new WriteSize(RowCount, bytes);
    }
}
