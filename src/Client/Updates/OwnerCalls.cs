using QLearning.Abstractions;
using QLearning.Client.Connection;
using QLearning.Client.Partitions;

namespace QLearning.Client.Updates;

/// <summary>Calls owners through a router; a call that is not answered is repeated for a time.</summary>
/// <param name="agentType">The agent type.</param>
/// <param name="router">Knows the owners.</param>
/// <param name="calls">Repeats.</param>
internal sealed class OwnerCalls(string agentType, QTableRouter router, IClusterCalls calls) : IOwnerCalls
{
    private readonly string _learn = $"learn for '{agentType}'";

    public int Partitions => router.Owners.Length;

    public void Note(int partitions) => router.Note(partitions);

    public Task<StateQValues[]> ReadNextStatesAsync(
        IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) => partitions == 1
            ? Task.FromResult<StateQValues[]>([])
            : calls.RepeatableAsync(
                _learn,
                () => new ValueTask<StateQValues[]>(router.ReadNextStatesAsync(groups, partition, partitions)),
                cancellationToken,
                router.Note);

    // A partition that is no more is told to the sender, who divides the updates anew.
    public Task<UpdateResult> ApplyAsync(
        int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken)
    {
        var isInDoubt = false;
        return calls.RepeatableUnlessMovedAsync(
            _learn,
            async ValueTask<UpdateResult> () =>
            {
                for (var i = 0; isInDoubt && i < updates.Count; i++)
                {
                    updates[i].MayBeLearned = true;
                }

                isInDoubt = true;
                try
                {
                    return await Owner(partition).Apply(batch);
                }
                catch (Exception error) when (
                    error is FencedException { IsBeforeLearning: true } or NotOwnerException || ClusterCalls.IsTurnedAway(error))
                {
                    isInDoubt = false;
                    throw;
                }
            },
            cancellationToken);
    }

    public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
        calls.RepeatableUnlessMovedAsync(_learn, () => Owner(partition).GetDurability(), cancellationToken);

    public Task FlushAsync(int partition, CancellationToken cancellationToken) => calls.RepeatableUnlessMovedAsync(
        _learn,
        async ValueTask<bool> () =>
        {
            await Owner(partition).Flush();
            return true;
        },
        cancellationToken);

    private IAgentTypeGrain Owner(int partition)
    {
        var owners = router.Owners;
        return partition < owners.Length
            ? owners[partition]
            : throw new NotOwnerException(new AgentTypeKey(agentType, partition), owners.Length);
    }
}
