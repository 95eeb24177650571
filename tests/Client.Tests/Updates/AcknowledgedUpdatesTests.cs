using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>Which owner acknowledged something of which partition is known without looking at each update.</summary>
public sealed class AcknowledgedUpdatesTests
{
    private const int Partitions = 4;

    private readonly AcknowledgedUpdates _acknowledged = new();
    private readonly Guid _owner = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();

    [Fact]
    public void What_an_owner_acknowledged_concerns_its_partition_alone()
    {
        _acknowledged.Add(Acknowledged("s"), Partitions);
        Assert.Equal([PartitionOf("s")], Concerned());
        Assert.False(_acknowledged.MayHaveOthersThan(_owner, PartitionOf("s"), Partitions));
    }

    [Fact]
    public void When_the_table_was_repartitioned_it_may_concern_any()
    {
        _acknowledged.Add(Acknowledged("s"), 1);
        Assert.Equal(Enumerable.Range(0, Partitions), Concerned());
    }

    [Fact]
    public void That_of_an_owner_whose_partition_was_not_known_at_first_concerns_its_partition_alone()
    {
        _acknowledged.Add(Acknowledged("s"), 1);
        _acknowledged.Add(Acknowledged("s"), Partitions);
        Assert.Equal([PartitionOf("s")], Concerned());
    }

    [Fact]
    public void That_of_one_that_had_several_partitions_may_concern_any()
    {
        var elsewhere = Enumerable.Range(0, 100).Select(i => $"s{i}").First(state => PartitionOf(state) != PartitionOf("s"));
        _acknowledged.Add(Acknowledged(elsewhere), 1);
        _acknowledged.Add(Acknowledged("s"), Partitions);
        Assert.Equal(Enumerable.Range(0, Partitions), Concerned());
    }

    private IEnumerable<int> Concerned() =>
        Enumerable.Range(0, Partitions).Where(partition => _acknowledged.MayHaveOthersThan(_other, partition, Partitions));

    private static int PartitionOf(string state) => TablePartition.IndexOf(Given.State(state), Partitions);

    private PendingUpdates Acknowledged(string state)
    {
        var pending = new PendingUpdates(new UpdateGroup { Number = 1, Upserts = [Given.Value(state, "a", 1)] }, call: null, places: null)
        {
            Numbers = new NumberSequence(Guid.NewGuid(), 0),
            Added = 0,
            Owner = _owner,
        };
        pending.Place = new LinkedListNode<PendingUpdates>(pending);
        return pending;
    }
}
