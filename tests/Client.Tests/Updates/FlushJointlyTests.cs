using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>Those who want a flush at the same time share one, but none that began before they asked.</summary>
public sealed class FlushJointlyTests : IDisposable
{
    private readonly SlowOwner _owner = new();
    private readonly UpdateSender _sender;

    public FlushJointlyTests() => _sender = TestSender.Over(_owner, TimeProvider.System);

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task Whoever_asks_while_one_is_under_way_waits_for_the_next_with_all_who_ask_meanwhile()
    {
        var first = await AskAsync(flushes: 1);
        var (second, third) = (_sender.FlushJointlyAsync(CancellationToken.None), _sender.FlushJointlyAsync(CancellationToken.None));
        _owner.EndFlush();
        await first;
        await BeganAsync(2);
        _owner.EndFlush();
        await Task.WhenAll(second, third);
        Assert.Equal(2, _owner.Flushes);
    }

    [Fact]
    public async Task Whoever_asks_while_that_next_one_is_under_way_waits_for_another()
    {
        await AskAsync(flushes: 1);
        var second = _sender.FlushJointlyAsync(CancellationToken.None);
        _owner.EndFlush();
        await BeganAsync(2);
        var late = _sender.FlushJointlyAsync(CancellationToken.None);
        _owner.EndFlush();
        await second;
        await BeganAsync(3);
        Assert.False(late.IsCompleted);
        _owner.EndFlush();
        await late;
    }

    private async Task<Task> AskAsync(int flushes)
    {
        var asked = _sender.FlushJointlyAsync(CancellationToken.None);
        await BeganAsync(flushes);
        return asked;
    }

    private Task BeganAsync(int flushes) =>
        Eventually.Holds(() => Task.FromResult(_owner.Flushes == flushes), $"flush {flushes} to begin");

    /// <summary>An owner whose flushes end when the test says so.</summary>
    private sealed class SlowOwner : IOwnerCalls
    {
        private readonly Guid _id = Guid.NewGuid();
        private TaskCompletionSource _flush = new();
        private int _flushes;

        public int Flushes => Volatile.Read(ref _flushes);

        public int Partitions => 1;

        public void EndFlush() => Interlocked.Exchange(ref _flush, new TaskCompletionSource()).SetResult();

        public void Note(int partitions)
        {
        }

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
            Task.FromResult<StateQValues[]>([]);

        public Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken) =>
            Task.FromException<UpdateResult>(new NotSupportedException("These tests only flush."));

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
            Task.FromResult(new Durability(_id, 1, 1, 1));

        public Task FlushAsync(int partition, CancellationToken cancellationToken)
        {
            var flush = _flush.Task;
            Interlocked.Increment(ref _flushes);
            return flush;
        }
    }
}
