using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>A flush goes on with the partitions that there are, whenever it learns that those it knew are no more.</summary>
public sealed class FlushWhileRepartitionedTests
{
    [Fact]
    public async Task A_partition_that_is_no_more_when_it_is_asked_what_is_durable_is_not_the_callers_concern()
    {
        var owners = new Owners();
        using var sender = TestSender.Over(owners, TimeProvider.System);
        await sender.FlushAsync(CancellationToken.None);
        Assert.Equal([0, 1, 2, 0, 1], owners.Flushed);
    }

    /// <summary>Three owners, of which the last one is no more when it is asked what is durable.</summary>
    private sealed class Owners : IOwnerCalls
    {
        public List<int> Flushed { get; } = [];

        public int Partitions { get; private set; } = 3;

        public void Note(int partitions) => Partitions = partitions;

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
                Task.FromResult<StateQValues[]>([]);

        public Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Nothing is learned here.");

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) => partition < 2
            ? Task.FromResult(new Durability(Guid.NewGuid(), Epoch: 1, Durable: 0, Partitions))
            : Task.FromException<Durability>(new NotOwnerException(new AgentTypeKey("t", partition), 2));

        public Task FlushAsync(int partition, CancellationToken cancellationToken)
        {
            Flushed.Add(partition);
            return Task.CompletedTask;
        }
    }
}
