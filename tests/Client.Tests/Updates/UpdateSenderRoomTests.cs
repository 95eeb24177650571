using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>Room for further updates is made before it is needed, and who waits when that ends is told.</summary>
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

    [Fact]
    public async Task Whoever_waits_for_durability_when_the_client_is_disposed_of_is_told_that_the_updates_were_learned()
    {
        var time = new FakeTimeProvider();
        using var sender = TestSender.Over(_owner, time, waitFor: TimeSpan.FromHours(1));
        _owner.IsAway = true;
        var learning = SendAsync(sender, WriteMode.Durable);
        await AdvanceUntilAsync(time, () => _owner.Flushes > 0, "the owner to be told to flush");

        sender.Dispose();

        Assert.True((await Assert.ThrowsAsync<StorageUnavailableException>(() => learning)).IsLearned);
    }

    [Fact]
    public async Task Whoever_waits_for_room_when_the_client_is_disposed_of_is_told_that()
    {
        var time = new FakeTimeProvider();
        using var sender = TestSender.Over(_owner, time, 1, TimeSpan.FromHours(1));
        await SendAsync(sender);
        _owner.IsAway = true;
        var waiting = SendAsync(sender);
        await AdvanceUntilAsync(time, () => _owner.Flushes > 0, "the owner to be told to flush");

        sender.Dispose();

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => waiting);
    }

    [Fact]
    public async Task An_agent_type_that_was_deleted_is_asked_for_less_and_less_often()
    {
        var time = new FakeTimeProvider();
        using var sender = TestSender.Over(_owner, time);
        _owner.IsDeleted = true;
        await SendAsync(sender);

        var began = time.GetTimestamp();
        await AdvanceUntilAsync(time, () => _owner.Asked == 6, "the owner to be asked six times");

        // After 0.25, 0.5, 1, 2, 4 and 8 s.
        Assert.InRange(time.GetElapsedTime(began), TimeSpan.FromSeconds(15.75), TimeSpan.MaxValue);
        Assert.Equal(1, sender.NotDurableCount);
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> condition, string what) => Eventually.Holds(
        () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(condition());
        },
        what);

    private static Task<LearnResult?[]> SendAsync(UpdateSender sender, WriteMode mode = WriteMode.WriteBehind) => sender.SendAsync(
        new UpdateGroup { Transitions = [Given.Last("s", "a", 1)] }, mode, CancellationToken.None);

    /// <summary>An owner that stores only when it is told to.</summary>
    private sealed class NeverFlushingByItself : IOwnerCalls
    {
        private static readonly Guid _id = Guid.NewGuid();
        private long _newest;
        private long _durable;

        public int Flushes { get; private set; }

        public int Asked { get; private set; }

        /// <summary>Whether it cannot store, and answers no call that has it flush.</summary>
        public bool IsAway { get; set; }

        public bool IsDeleted { get; set; }

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
                NotDurable = IsAway && batch.Mode == WriteMode.Durable ? "PostgreSQL is away" : null,
                Results = [.. batch.Groups.Select(_ => new LearnResult(1, 1, 1, 1, ++_newest))],
            });

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
            IsDeleted && ++Asked > 0
                ? Task.FromException<Durability>(UnknownAgentTypeException.For("test-generator"))
                : Task.FromResult(new Durability(_id, 1, _durable, 1));

        public Task FlushAsync(int partition, CancellationToken cancellationToken)
        {
            Flushes++;
            if (IsAway)
            {
                return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            _durable = _newest;
            return Task.CompletedTask;
        }
    }
}
