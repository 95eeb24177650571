using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>What an owner acknowledged that was lost is learned again, however much it is and whichever partition has it then.</summary>
public sealed class ResentUpdatesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Owners _owners = new();
    private readonly UpdateSender _sender;

    public ResentUpdatesTests() => _sender = TestSender.Over(_owners, _time, 1_000_000);

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task Calls_that_are_together_more_than_a_batch_are_learned_again()
    {
        await UpsertAsync(Enumerable.Range(0, 6_000));
        await UpsertAsync(Enumerable.Range(6_000, 6_000));
        _owners.Lose(partitions: 1);
        await UpsertAsync([12_000]);
        Assert.Equal(Enumerable.Range(0, 12_001).Select(i => $"s{i}"), _owners.Learned);
    }

    [Fact]
    public async Task They_are_learned_before_newer_ones_also_by_a_partition_that_there_was_not_before()
    {
        await UpsertAsync(Enumerable.Range(0, 20));
        _owners.Lose(partitions: 2);
        foreach (var state in Enumerable.Range(0, 20).Reverse())
        {
            await UpsertAsync([state]);
        }

        Assert.Equal(40, _owners.Learned.Count);
        foreach (var partition in _owners.Learned.GroupBy(state => TablePartition.IndexOf(Given.State(state), 2)))
        {
            var once = partition.Take(partition.Count() / 2).ToArray();
            Assert.Equal(once, partition.Skip(once.Length).Reverse());
        }
    }

    [Fact]
    public async Task They_are_learned_before_newer_ones_although_their_owner_was_met_when_it_was_asked_as_one_of_other_partitions()
    {
        var both = Enumerable.Range(0, 100).First(state => PartitionOf(state, 2) == 0 && PartitionOf(state, 3) == 0);
        var moved = Enumerable.Range(0, 100).First(state => PartitionOf(state, 2) == 0 && PartitionOf(state, 3) == 1);
        _owners.Lose(partitions: 3);
        _owners.Note(3);
        await UpsertAsync([moved]);
        _owners.Lose(partitions: 2);
        // Of three partitions the first has no older update, of two it has.
        await UpsertAsync([both]);
        _owners.Note(2);
        await UpsertAsync([moved]);
        Assert.Equal([$"s{both}", $"s{moved}", $"s{moved}"], _owners.Learned);
    }

    [Fact]
    public async Task One_partition_without_room_does_not_keep_those_of_others_from_being_learned()
    {
        _owners.Lose(partitions: 2);
        _owners.Note(2);
        await UpsertAsync(Enumerable.Range(0, 20));
        _owners.Lose(partitions: 2);
        _owners.Full = 0;
        string[] others = [.. Enumerable.Range(0, 20).Where(state => PartitionOf(state, 2) == 1).Select(state => $"s{state}")];
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(250));
                return Task.FromResult(_owners.Learned.Count >= others.Length);
            },
            "the others to be learned");
        Assert.Equal(others, _owners.Learned);
    }

    [Fact]
    public async Task An_agents_step_that_is_never_reported_again_does_not_keep_others_from_being_learned()
    {
        var step = await _sender.NumberAsync(Given.Last("s", "a", 1), CancellationToken.None);
        for (var i = 0; i < 25; i++)
        {
            await UpsertAsync(Enumerable.Range(0, 10_000));
            _owners.Store();
            await _sender.FlushAsync(CancellationToken.None);
        }

        Assert.Equal(250_000, _owners.Learned.Count);
        Assert.InRange(_owners.Span, 1, QLimits.MaxUnsettled - 1);
        Assert.Equal(1, _sender.NotDurableCount);
        Assert.Equal((1L, 1L), (_sender.IdOf(step).Number, _sender.IdOf(step).SettledBelow));
    }

    private static int PartitionOf(int state, int partitions) => TablePartition.IndexOf(Given.State($"s{state}"), partitions);

    private async Task UpsertAsync(IEnumerable<int> states) => await _sender.SendAsync(
        new UpdateGroup { Upserts = [.. states.Select(state => Given.Value($"s{state}", "a", 1))] },
        WriteMode.WriteBehind,
        CancellationToken.None);

    /// <summary>The owners of a table that keep nothing but the order in which they learned.</summary>
    private sealed class Owners : IOwnerCalls
    {
        private readonly HashSet<(Guid Client, long Number)> _known = [];
        private Guid[] _ids = [Guid.NewGuid()];
        private long _durable;

        /// <summary>The states of which something was learned since owners were lost.</summary>
        public List<string> Learned { get; } = [];

        /// <summary>The partition that has no room.</summary>
        public int? Full { get; set; }

        /// <summary>The most numbers above a floor.</summary>
        public long Span { get; private set; }

        public int Partitions { get; private set; } = 1;

        public void Lose(int partitions)
        {
            _ids = [.. Enumerable.Range(0, partitions).Select(_ => Guid.NewGuid())];
            Learned.Clear();
            _known.Clear();
        }

        public void Store() => _durable = Learned.Count;

        public void Note(int partitions) => Partitions = partitions;

        public Task<StateQValues[]> ReadNextStatesAsync(
            IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken) =>
            Task.FromResult<StateQValues[]>([]);

        public Task<UpdateResult> ApplyAsync(
            int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken)
        {
            Assert.InRange(batch.Groups.Sum(group => group.Count), 1, QLimits.MaxBatch);
            // One of other partitions is told how many there are, when it matters.
            Require(batch.Groups.All(group => Enumerable.Range(0, group.Count).All(i =>
                TablePartition.IndexOf(group.StateAt(i), _ids.Length) == partition)));
            var result = new UpdateResult { Owner = _ids[partition], Durable = _durable };
            if (batch.Owner != Guid.Empty && batch.Owner != _ids[partition])
            {
                return Task.FromResult(result);
            }

            if (partition == Full)
            {
                var full = new WriteBacklogFullException("t", 10, 10, TimeSpan.FromSeconds(1));
                return Task.FromResult(result with
                {
                    Results = new LearnResult[batch.Groups.Sum(group => group.Count)],
                    Refusals = [.. batch.Groups.Select((_, i) => new UpdateRefusal(i, full))],
                });
            }

            var results = new List<LearnResult>();
            foreach (var (group, i) in batch.Groups.SelectMany(group => Enumerable.Range(0, group.Count).Select(i => (group, i))))
            {
                Span = Math.Max(Span, group.NumberAt(i) - batch.SettledBelow);
                if (_known.Add((batch.ClientId, group.NumberAt(i))))
                {
                    Learned.Add(group.StateAt(i).ToString());
                }

                results.Add(new LearnResult(1, 1, 0, 1, Learned.Count));
            }

            return Task.FromResult(result with { Results = [.. results] });
        }

        public Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken)
        {
            Require(Partitions == _ids.Length);
            return Task.FromResult(new Durability(_ids[partition], 1, _durable, _ids.Length));
        }

        public Task FlushAsync(int partition, CancellationToken cancellationToken) => Task.CompletedTask;

        private void Require(bool isOwner)
        {
            if (!isOwner)
            {
                throw new NotOwnerException(new AgentTypeKey("t", 0), _ids.Length);
            }
        }
    }
}
