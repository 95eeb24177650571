using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>What a caller is told of a refusal is true, also when a try before it was not answered.</summary>
public sealed class RefusedUpdatesTests : IDisposable
{
    private static readonly WriteBacklogFullException _full = new("test-generator", 10, 10, TimeSpan.FromSeconds(1));

    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(100) };
    private readonly ScriptedOwner _owner = new();
    private readonly UpdateSender _sender;

    public RefusedUpdatesTests() => _sender = TestSender.Over(_owner, _time);

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task A_full_backlog_is_told_as_it_is()
    {
        _owner.Answers.Enqueue((_full, false));
        Assert.Same(_full, await Assert.ThrowsAsync<WriteBacklogFullException>(SendAsync));
    }

    [Fact]
    public async Task Updates_of_which_a_try_was_not_answered_are_sent_until_it_is_known_that_they_are_learned()
    {
        _owner.Answers.Enqueue((_full, true));
        _owner.Answers.Enqueue((_full, false));
        var learning = SendAsync();
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return Task.FromResult(learning.IsCompleted);
            },
            "the updates to be learned");
        Assert.Single(await learning);
        // Three times the same number: it counts once.
        Assert.Equal([1, 1, 1], _owner.Numbers);
    }

    [Fact]
    public async Task When_that_takes_too_long_the_caller_is_told_that_they_may_have_been_learned()
    {
        for (var i = 0; i < 100; i++)
        {
            _owner.Answers.Enqueue((_full, i == 0));
        }

        var learning = SendAsync();
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return Task.FromResult(learning.IsCompleted);
            },
            "the sender to give up");
        Assert.Contains("may have been learned", (await Assert.ThrowsAsync<ClusterUnavailableException>(() => learning)).Message);
    }

    [Fact]
    public async Task Other_refusals_after_a_try_without_an_answer_are_not_called_refusals()
    {
        _owner.Answers.Enqueue((InvalidInputException.For("agent type", "test-generator", "it is inactive", "an active one"), true));
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(SendAsync);
        Assert.Contains("it is inactive", error.Message);
    }

    [Fact]
    public async Task Updates_with_a_row_that_PostgreSQL_refuses_are_told_to_be_learned()
    {
        _owner.Answers.Enqueue((new StorageUnavailableException("a check failed"), false));
        Assert.True((await Assert.ThrowsAsync<StorageUnavailableException>(SendAsync)).IsLearned);
    }

    private Task<LearnResult?[]> SendAsync() => _sender.SendAsync(
        new UpdateGroup { Transitions = [Given.Last("s", "a", 1)] }, WriteMode.WriteBehind, CancellationToken.None);

    /// <summary>An owner that refuses as the test says, then learns.</summary>
    private sealed class ScriptedOwner : IOwnerCalls
    {
        private static readonly Guid _id = Guid.NewGuid();

        /// <summary>The refusals, and whether each comes after a try that was not answered.</summary>
        public Queue<(QLearningException Refusal, bool IsRepeated)> Answers { get; } = new();

        public List<long> Numbers { get; } = [];

        public int Partitions => 1;

        public void Note(int partitions)
        {
        }

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
            Task.FromResult<StateQValues[]>([]);

        public Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken)
        {
            Numbers.Add(batch.Groups[0].Number);
            var result = new UpdateResult { Owner = _id, Durable = 1, Results = [new LearnResult(1, 1, 1, 1, 1)] };
            if (Answers.TryDequeue(out var answer))
            {
                updates[0].MayBeLearned |= answer.IsRepeated;
                result = result with { Durable = 0, Refusals = [new UpdateRefusal(0, answer.Refusal)] };
            }

            return Task.FromResult(result);
        }

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
            Task.FromResult(new Durability(_id, 1, 1, 1));

        public Task FlushAsync(int partition, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
