using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A Q-table that is split otherwise has new owners all at once: no row ever has two, and no update counts twice.</summary>
public sealed class ResplitTests : QTableTest
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _other = new("0198c0de-0000-7000-8000-000000000002");

    [Fact]
    public async Task A_caller_that_knows_another_split_than_the_metadata_gets_nothing()
    {
        await SplitAsync(4);
        Assert.Equal(new OwnershipTaken(null, 0), await TakeAsync(TablePartition.Whole(Generator), resplit: true));
        Assert.Equal(0, await CountAsync("q_table_owners"));
    }

    [Fact]
    public async Task Who_takes_a_part_is_told_first_how_the_table_was_split_before()
    {
        var epoch = await TakeAsync(Generator);
        await SplitAsync(4);
        Assert.Equal(new OwnershipTaken(null, 1), await TakeAsync(Part(2, 4), resplit: false));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s")))).Status);
    }

    [Fact]
    public async Task Whoever_owned_a_part_before_writes_nothing_more()
    {
        await SplitAsync(2);
        OwnershipTaken[] before = [await OwnAsync(Part(0, 2)), await OwnAsync(Part(1, 2))];
        await SplitAsync(3);
        var taken = await TakeAsync(Part(2, 3), resplit: true);
        for (var index = 0; index < 2; index++)
        {
            Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Batch(Part(index, 2), before[index], 1))).Status);
        }

        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Batch(Part(2, 3), taken, 1))).Status);
        Assert.Equal(["0|3", "1|3", "2|3"], await RowsAsync("select partition, partitions from q_table_owners order by partition"));
    }

    [Fact]
    public async Task Parts_that_are_taken_at_once_do_not_fence_each_other()
    {
        await TakeAsync(Generator);
        await SplitAsync(8);
        var owners = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => OwnAsync(Part(index, 8))));
        var outcomes = await Task.WhenAll(owners.Select((owner, index) => Pump.WriteAsync(Batch(Part(index, 8), owner, 1))));
        Assert.All(outcomes, outcome => Assert.Equal(FlushStatus.Written, outcome.Status));
    }

    [Fact]
    public async Task Each_new_part_knows_all_numbers_that_any_old_part_has_learned()
    {
        await SplitAsync(2);
        await Pump.WriteAsync(Batch(Part(0, 2), await OwnAsync(Part(0, 2)), 1, new(_client, 3, [5, 9]), new(_other, 0, [1])));
        await Pump.WriteAsync(Batch(Part(1, 2), await OwnAsync(Part(1, 2)), 1, new ClientWindowWrite(_client, 4, [7, 9])));
        await SplitAsync(3);
        await TakeAsync(Part(1, 3), resplit: true);
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal([(_client, 4L, "5,7,9"), (_other, 0L, "1")], await WindowsAsync(new AgentTypeKey(Generator, index)));
        }

        await SplitAsync(1);
        await TakeAsync(TablePartition.Whole(Generator), resplit: true);
        Assert.Equal(["0", "0"], await RowsAsync("select partition from q_table_clients"));
    }

    [Fact]
    public async Task The_epochs_of_a_part_only_rise()
    {
        await SplitAsync(3);
        var first = await OwnAsync(Part(2, 3));
        await SplitAsync(1);
        await OwnAsync(TablePartition.Whole(Generator));
        await SplitAsync(3);
        Assert.True((await OwnAsync(Part(2, 3))).Epoch > first.Epoch);
    }

    [Fact]
    public async Task Other_agent_types_keep_their_owners()
    {
        var other = await TakeAsync(Executor);
        await TakeAsync(Generator);
        await SplitAsync(4);
        await TakeAsync(Part(0, 4), resplit: true);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Executor, other, 1, Writes.Insert("s")))).Status);
    }

    private static TablePartition Part(int index, int count) => new(Generator, index, count);

    private static QTableBatch Batch(TablePartition part, OwnershipTaken owner, long watermark, params ClientWindowWrite[] clients) =>
        Writes.Batch(part.Owner, owner, watermark, Writes.Insert($"s{part.Index}")) with { Clients = clients };

    private async Task SplitAsync(int count) =>
        await Database.ExecuteInAsync($"update agent_types set metadata = jsonb_build_object('partitions', {count}) where agent_type = '{Generator}'");

    private Task<OwnershipTaken> OwnAsync(TablePartition part) => TakeAsync(part, resplit: true);

    private async Task<IEnumerable<(Guid, long, string)>> WindowsAsync(AgentTypeKey owner) =>
        (await new ClientWindowReader(Database.DataSource).ReadAsync(owner, CancellationToken.None))
        .OrderBy(window => window.ClientId)
        .Select(window => (window.ClientId, window.Floor, string.Join(',', window.Above)));
}
