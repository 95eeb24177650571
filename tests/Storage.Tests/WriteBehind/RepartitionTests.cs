using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A Q-table that is repartitioned has new owners all at once: no row ever has two, and no update counts twice.</summary>
public sealed class RepartitionTests : QTableTest
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _other = new("0198c0de-0000-7000-8000-000000000002");

    [Fact]
    public async Task A_caller_that_knows_another_number_of_partitions_than_the_metadata_gets_nothing()
    {
        await SetPartitionsAsync(4);
        Assert.Equal(new OwnershipTaken(null, 0), await TakeAsync(TablePartition.Whole(Generator), repartition: true));
        Assert.Equal(0, await CountAsync("q_table_owners"));
    }

    [Fact]
    public async Task A_new_owner_is_told_first_how_many_partitions_the_table_has()
    {
        var epoch = await TakeAsync(Generator);
        await SetPartitionsAsync(4);
        Assert.Equal(new OwnershipTaken(null, 1), await TakeAsync(Partition(2, 4), repartition: false));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s")))).Status);
    }

    [Fact]
    public async Task An_owner_of_an_old_partition_writes_nothing_more()
    {
        await SetPartitionsAsync(2);
        OwnershipTaken[] before = [await OwnAsync(Partition(0, 2)), await OwnAsync(Partition(1, 2))];
        await SetPartitionsAsync(3);
        var taken = await TakeAsync(Partition(2, 3), repartition: true);
        for (var index = 0; index < 2; index++)
        {
            Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Batch(Partition(index, 2), before[index], 1))).Status);
        }

        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Batch(Partition(2, 3), taken, 1))).Status);
        Assert.Equal(["0|3", "1|3", "2|3"], await RowsAsync("select partition, partitions from q_table_owners order by partition"));
    }

    [Fact]
    public async Task Partitions_that_are_taken_at_once_do_not_fence_each_other()
    {
        await TakeAsync(Generator);
        await SetPartitionsAsync(8);
        var owners = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => OwnAsync(Partition(index, 8))));
        var outcomes = await Task.WhenAll(owners.Select((owner, index) => Pump.WriteAsync(Batch(Partition(index, 8), owner, 1))));
        Assert.All(outcomes, outcome => Assert.Equal(FlushStatus.Written, outcome.Status));
    }

    [Fact]
    public async Task Each_new_partition_knows_all_numbers_that_any_old_one_has_learned()
    {
        await SetPartitionsAsync(2);
        await Pump.WriteAsync(Batch(Partition(0, 2), await OwnAsync(Partition(0, 2)), 1, new(_client, 3, [5, 9]), new(_other, 0, [1])));
        await Pump.WriteAsync(Batch(Partition(1, 2), await OwnAsync(Partition(1, 2)), 1, new ClientWindow(_client, 4, [7, 9])));
        await SetPartitionsAsync(3);
        await TakeAsync(Partition(1, 3), repartition: true);
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal([(_client, 4L, "5,7,9"), (_other, 0L, "1")], await WindowsAsync(new AgentTypeKey(Generator, index)));
        }

        await SetPartitionsAsync(1);
        await TakeAsync(TablePartition.Whole(Generator), repartition: true);
        Assert.Equal(["0", "0"], await RowsAsync("select partition from q_table_clients"));
    }

    [Fact]
    public async Task The_epochs_of_a_partition_only_rise()
    {
        await SetPartitionsAsync(3);
        var first = await OwnAsync(Partition(2, 3));
        await SetPartitionsAsync(1);
        await OwnAsync(TablePartition.Whole(Generator));
        await SetPartitionsAsync(3);
        Assert.True((await OwnAsync(Partition(2, 3))).Epoch > first.Epoch);
    }

    [Fact]
    public async Task Other_agent_types_keep_their_owners()
    {
        var other = await TakeAsync(Executor);
        await TakeAsync(Generator);
        await SetPartitionsAsync(4);
        await TakeAsync(Partition(0, 4), repartition: true);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Executor, other, 1, Writes.Insert("s")))).Status);
    }

    private static TablePartition Partition(int index, int count) => new(Generator, index, count);

    private static QTableBatch Batch(TablePartition partition, OwnershipTaken owner, long watermark, params ClientWindow[] clients) =>
        Writes.Batch(partition.Owner, owner, watermark, Writes.Insert($"s{partition.Index}")) with { Clients = clients };

    private async Task SetPartitionsAsync(int count) =>
        await Database.ExecuteInAsync(
            $"update agent_types set metadata = jsonb_build_object('partitions', {count}) where agent_type = '{Generator}'");

    private Task<OwnershipTaken> OwnAsync(TablePartition partition) => TakeAsync(partition, repartition: true);

    private async Task<IEnumerable<(Guid, long, string)>> WindowsAsync(AgentTypeKey owner) =>
        (await new ClientWindowReader(Database.DataSource).ReadAsync(owner, CancellationToken.None))
        .OrderBy(window => window.ClientId)
        .Select(window => (window.ClientId, window.Floor, string.Join(',', window.Above)));
}
