using QLearning.Abstractions;
using QLearning.Grains.Partitions;

namespace QLearning.Grains.QTables;

/// <summary>How the ownership of rows passes on when the Q-table is repartitioned.</summary>
internal sealed partial class AgentTypeGrain : IPartitionGrain
{
    private static readonly TimeSpan _releaseLimit = TimeSpan.FromSeconds(5);

    public async Task Release(int partitions)
    {
        if (_hot is not { Flusher.IsFenced: false } hot || hot.Partition.Count == partitions)
        {
            return;
        }

        await UntilStopAsync(hot.Flusher.ReleaseAsync(_releaseLimit));
        if (_hot != hot)
        {
            // Another call had it released meanwhile.
            return;
        }

        logger.Released(this.GetPrimaryKeyString(), hot.Partition.Count, partitions);
        // The activation stays, and its next call loads what it owns then: if it ended, the new owner of the rows would wait for its end.
        hot.Dispose();
        (_hot, _loading) = (null, null);
    }

    /// <summary>Has the owner of a partition, as the table was partitioned before, write its changes and release its rows.</summary>
    private async Task ReleaseAsync(TablePartition before, int partitions)
    {
        try
        {
            var owner = GrainFactory.GetGrain<IPartitionGrain>(before.Owner.ToString());
            await owner.Release(partitions).WaitAsync(_releaseLimit, time, _stopping.Token);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or QLearningException)
        {
            // It is fenced all the same; the clients send again what it has not written.
            logger.NotReleased(error, before.Owner.ToString(), partitions);
        }
    }
}
