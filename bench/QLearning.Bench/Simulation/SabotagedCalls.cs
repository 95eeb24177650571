using QLearning.Abstractions;
using QLearning.Client.Updates;

namespace QLearning.Bench.Simulation;

/// <summary>The calls of a client with one of its old faults put back.</summary>
internal sealed class SabotagedCalls(SimWorld world, SimClient client, IOwnerCalls calls) : IOwnerCalls
{
    private (int Partition, UpdateBatch Batch)? _last;

    public int Partitions => calls.Partitions;

    public void Note(int partitions)
    {
        var before = calls.Partitions;
        calls.Note(partitions);
        if (world.Is(Sabotage.ListDropped) && calls.Partitions != before)
        {
            client.DropList();
        }
    }

    public Task<StateQValues[]> ReadNextStatesAsync(
        IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
        calls.ReadNextStatesAsync(groups, partition, partitions, cancellationToken);

    public async Task<UpdateResult> ApplyAsync(
        int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken)
    {
        batch = batch with { IsResent = batch.IsResent && !world.Is(Sabotage.ResentRefused) };
        updates = world.Is(Sabotage.RefusalBelieved) ? [] : updates;
        UpdateResult result;
        try
        {
            result = await calls.ApplyAsync(partition, batch, updates, cancellationToken);
        }
        catch (FencedException) when (world.Is(Sabotage.CallRepeatedWhole) && !client.Resends && _last is { } last)
        {
            // The part that was learned goes again with the part that was not.
            _last = null;
            await calls.ApplyAsync(last.Partition, Renumbered(last.Batch, last.Batch.Groups), updates, cancellationToken);
            throw;
        }

        _last = (partition, batch);
        if (world.Is(Sabotage.MergedCallRepeated) && result.Refusals.Length > 0 && batch.Groups.Length > 1)
        {
            var good = batch.Groups.Where((_, i) => result.Refusals.All(refusal => refusal.Group != i)).ToArray();
            if (good.Length > 0)
            {
                await calls.ApplyAsync(partition, Renumbered(batch, good), updates, cancellationToken);
            }
        }

        return world.Is(Sabotage.OtherPartitionsDurable) && partition > 0 ? result with { Durable = long.MaxValue } : result;
    }

    public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
        calls.GetDurabilityAsync(partition, cancellationToken);

    public Task FlushAsync(int partition, CancellationToken cancellationToken) => calls.FlushAsync(partition, cancellationToken);

    private static UpdateBatch Renumbered(UpdateBatch batch, UpdateGroup[] groups) =>
        batch with { ClientId = Guid.NewGuid(), SettledBelow = 1, Owner = Guid.Empty, Groups = groups };
}
