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
    private const int BytesPerWindow = 60;
    private const int BytesPerNumber = 10;

    /// <summary>The id that the activation took the ownership with: with the epoch it says who may write.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>
    /// The number of the newest flush of this owner that is known to be committed: when the database does not have it, it was set back to a
    /// backup, and nothing is written. What the owner keeps in memory is then not what the database has.
    /// </summary>
    public long After { get; init; }

    /// <summary>The clients whose updates are in it.</summary>
    public IReadOnlyList<ClientWindow> Clients { get; init; } = [];

    /// <summary>
    /// The clients when some Q-values are left out, given their indexes: their numbers must not be stored without them. Called on a thread
    /// of the pump. Null: they stay as they are.
    /// </summary>
    public Func<IReadOnlyCollection<int>, IReadOnlyList<ClientWindow>>? ClientsWithout { get; init; }

    /// <summary>The late rewards that were learned in it.</summary>
    public IReadOnlyList<RewardWrite> Rewards { get; init; } = [];

    /// <summary>The traced calls that changed what is written.</summary>
    public IReadOnlyList<ActivityContext> Calls { get; init; } = [];

    internal int RowCount => Writes.Count + Rewards.Count;

    /// <summary>
    /// The batch without the Q-values that PostgreSQL refuses, and so without the numbers and the late rewards that are in them, and
    /// without rewards that are refused themselves. Their Q-values are to be among the refused ones.
    /// </summary>
    /// <param name="refusedWrites">The indexes of Q-values.</param>
    /// <param name="refusedRewards">The indexes of rewards.</param>
    internal QTableBatch Without(IReadOnlyCollection<int> refusedWrites, IReadOnlyCollection<int> refusedRewards)
    {
        var writes = refusedWrites.ToHashSet();
        var rewards = refusedRewards.ToHashSet();
        var keys = writes.Select(index => (Writes[index].State, Writes[index].Action)).ToHashSet();
        return this with
        {
            Writes = [.. Writes.Where((_, index) => !writes.Contains(index))],
            Rewards = [.. Rewards.Where((reward, index) => !rewards.Contains(index) && !keys.Contains((reward.State, reward.Action)))],
            Clients = writes.Count > 0 && ClientsWithout is { } without ? without(writes) : Clients,
        };
    }

    /// <summary>How much it is; walks through all its rows.</summary>
    internal WriteSize Measure()
    {
        long bytes = RewardWrite.ByteCount * Rewards.Count;
        for (var i = 0; i < Writes.Count; i++)
        {
            bytes += Writes[i].ByteCount();
        }

        for (var i = 0; i < Clients.Count; i++)
        {
            bytes += ByteCount(Clients[i]);
        }

        return new WriteSize(RowCount, bytes);
    }

    /// <summary>The bytes that are sent for a client's window, about: its numbers go as text.</summary>
    internal static long ByteCount(in ClientWindow window) => BytesPerWindow + ((long)BytesPerNumber * window.Above.Length);
}
