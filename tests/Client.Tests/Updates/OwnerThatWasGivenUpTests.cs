using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>While an owner that was given up still answers now and then, its successor learns all in the order it was sent in.</summary>
public sealed class OwnerThatWasGivenUpTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TwoOwners _owners = new();
    private readonly UpdateSender _sender;

    public OwnerThatWasGivenUpTests() => _sender = TestSender.Over(_owners, _time, 1_000, waitFor: TimeSpan.FromMinutes(1));

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task When_it_answers_what_is_sent_again_nothing_newer_goes_to_the_successor()
    {
        await SetAsync(1);
        // The newer one comes to the successor, the older one that is sent again for it to the old owner.
        _owners.Answering.Enqueue(TwoOwners.Successor);
        _owners.Answering.Enqueue(TwoOwners.GivenUp);
        _owners.Rest = TwoOwners.Successor;
        await SetAsync(2);
        Assert.Equal([1, 2], _owners.LearnedBySuccessor);
    }

    [Fact]
    public async Task When_both_acknowledge_first_updates_what_the_old_one_has_is_learned_before_the_next()
    {
        _owners.Answering.Enqueue(TwoOwners.Successor);
        _owners.Answering.Enqueue(TwoOwners.GivenUp);
        _owners.Rest = TwoOwners.Successor;
        // Neither knows of the other.
        var hold = _owners.HoldAsync();
        var (first, second) = (SetAsync(1), SetAsync(2));
        hold.SetResult();
        await Task.WhenAll(first, second);
        await SetAsync(3);
        Assert.Equal([1, 2, 3], _owners.LearnedBySuccessor);
    }

    [Fact]
    public async Task When_its_answer_comes_after_that_of_the_successor_what_it_has_is_learned_before_the_next()
    {
        await SetAsync(1);
        var hold = _owners.HoldAsync();
        var late = SetAsync(2);
        _owners.HoldNoMore();
        _owners.Rest = TwoOwners.Successor;
        await SetAsync(3);
        hold.SetResult();
        await late;
        await SetAsync(4);
        Assert.Equal([1, 3, 2, 4], _owners.LearnedBySuccessor);
    }

    [Fact]
    public async Task When_the_successor_has_no_room_for_what_it_had_newer_ones_are_refused_until_it_has()
    {
        await SetAsync(1);
        _owners.Rest = TwoOwners.Successor;
        _owners.TakesResent = false;
        await Assert.ThrowsAsync<WriteBacklogFullException>(() => SetAsync(2));
        await Assert.ThrowsAsync<WriteBacklogFullException>(() => SetAsync(3));
        _owners.TakesResent = true;
        await SetAsync(4);
        Assert.Equal([1, 4], _owners.LearnedBySuccessor);
    }

    private async Task SetAsync(int value)
    {
        var sending = _sender.SendAsync(
            new UpdateGroup { Upserts = [Given.Value("s", "a", value)] }, WriteMode.WriteBehind, CancellationToken.None);
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return Task.FromResult(sending.IsCompleted);
            },
            "the update to be learned");
        await sending;
    }

    /// <summary>The old and the new owner of one partition; which of them answers is given.</summary>
    private sealed class TwoOwners : IOwnerCalls
    {
        public static readonly Guid GivenUp = Guid.NewGuid();
        public static readonly Guid Successor = Guid.NewGuid();

        private readonly Dictionary<Guid, List<(long Number, double Value)>> _learned = new() { [GivenUp] = [], [Successor] = [] };
        private Task _held = Task.CompletedTask;

        /// <summary>Who answers the next calls.</summary>
        public Queue<Guid> Answering { get; } = new();

        /// <summary>Who answers those after them.</summary>
        public Guid Rest { get; set; } = GivenUp;

        /// <summary>False: there is no room for what another owner had.</summary>
        public bool TakesResent { get; set; } = true;

        public IEnumerable<int> LearnedBySuccessor => _learned[Successor].Select(learned => (int)learned.Value);

        public int Partitions => 1;

        /// <summary>No call is answered before this is set.</summary>
        public TaskCompletionSource HoldAsync()
        {
            var hold = new TaskCompletionSource();
            _held = hold.Task;
            return hold;
        }

        /// <summary>Further calls are answered at once.</summary>
        public void HoldNoMore() => _held = Task.CompletedTask;

        public void Note(int partitions)
        {
        }

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
            Task.FromResult<StateQValues[]>([]);

        public async Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken)
        {
            var owner = Answering.TryDequeue(out var next) ? next : Rest;
            await _held;
            var result = new UpdateResult { Owner = owner };
            if (batch.Owner != Guid.Empty && batch.Owner != owner)
            {
                return result;
            }

            if (batch.IsResent && !TakesResent)
            {
                var full = new WriteBacklogFullException("test-generator", 10, 10, TimeSpan.FromSeconds(1));
                return result with
                {
                    Results = [.. batch.Groups.Select(_ => default(LearnResult))],
                    Refusals = [.. batch.Groups.Select((_, i) => new UpdateRefusal(i, full))],
                };
            }

            foreach (var group in batch.Groups.Where(group => _learned[owner].TrueForAll(known => known.Number != group.Number)))
            {
                _learned[owner].Add((group.Number, group.Upserts[0].Value));
            }

            return result with { Results = [.. batch.Groups.Select(_ => new LearnResult(1, 1, 0, 1, _learned[owner].Count))] };
        }

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken) =>
            Task.FromException<Durability>(new ClusterUnavailableException("what is durable is not known"));

        public Task FlushAsync(int partition, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
