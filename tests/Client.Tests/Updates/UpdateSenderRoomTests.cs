using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>Room for further updates is made before it is needed.</summary>
public sealed class UpdateSenderRoomTests
{
    private readonly NeverFlushingByItself _owner = new();

    [Fact]
    public async Task When_more_than_half_of_the_room_is_taken_what_is_kept_is_flushed_and_no_caller_waits()
    {
        using var sender = TestSender.Over(_owner, new FakeTimeProvider(), 10);
        for (var i = 1; i <= 6; i++)
        {
            await SendAsync(sender);
        }

        Assert.Equal(0, _owner.Flushes);
        await SendAsync(sender);
        await Eventually.Holds(() => Task.FromResult(sender.NotDurableCount <= 1), "the kept updates to be durable");
        Assert.Equal(1, _owner.Flushes);
    }

    private static Task<LearnResult?[]> SendAsync(UpdateSender sender) => sender.SendAsync(
        new UpdateGroup { Transitions = [Given.Last("s", "a", 1)] }, WriteMode.WriteBehind, CancellationToken.None);

    /// <summary>An owner that stores only when it is told to.</summary>
    private sealed class NeverFlushingByItself : IOwnerCalls
    {
        private static readonly Guid _id = Guid.NewGuid();
        private long _newest;
        private long _durable;

        public int Flushes { get; private set; }

        public int Partitions => 1;

        public void Note(int partitions)
        {
        }

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
            Task.FromResult<StateQValues[]>([]);

        public Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken) =>
            Task.FromResult(new UpdateResult
            {
                Owner = _id,
                Durable = _durable,
                Results = [.. batch.Groups.Select(_ => new LearnResult(1, 1, 1, 1, ++_newest))],
            });

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
            Task.FromResult(new Durability(_id, 1, _durable, 1));

        public Task FlushAsync(int partition, CancellationToken cancellationToken)
        {
            Flushes++;
            _durable = _newest;
            return Task.CompletedTask;
        }
    }
}
