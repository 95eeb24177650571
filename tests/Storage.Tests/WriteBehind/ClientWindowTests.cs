using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Which updates of which client are in the Q-values is stored with them, or not at all.</summary>
public sealed class ClientWindowTests : QTableTest
{
    private static readonly Guid _first = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _second = new("0198c0de-0000-7000-8000-000000000002");

    [Fact]
    public async Task Windows_are_stored_with_the_batch_and_replaced_by_the_next()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Batch(epoch, 1, new ClientWindow(_first, 3, [5, 7]), new ClientWindow(_second, 0, [])));
        await Pump.WriteAsync(Batch(epoch, 2, new ClientWindow(_first, 7, [9])));
        Assert.Equal(
            [$"{_first}|0|7|{{9}}", $"{_second}|0|0|{{}}"],
            await RowsAsync("select client_id, partition, floor, above::text from q_table_clients order by client_id"));
    }

    [Theory]
    [InlineData(7, new long[] { 9, 12 }, 0, new long[] { 10, 11 }, "7|{9,10,11,12}")]
    [InlineData(7, new long[] { 9 }, 8, new long[] { 9 }, "8|{9}")]
    [InlineData(7, new long[] { 9 }, 9, new long[] { }, "9|{}")]
    [InlineData(7, new long[] { }, 3, new long[] { 5, 8 }, "7|{8}")]
    public async Task A_stored_window_is_joined_with_one_that_knows_less(
        long floor, long[] above, long nextFloor, long[] nextAbove, string joined)
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Batch(epoch, 1, new ClientWindow(_first, floor, above)));
        await Pump.WriteAsync(Batch(epoch, 2, new ClientWindow(_first, nextFloor, nextAbove)));
        Assert.Equal([joined], await RowsAsync("select floor, above::text from q_table_clients"));
    }

    [Fact]
    public async Task A_fenced_batch_stores_no_window()
    {
        var epoch = await TakeAsync(Generator);
        await TakeAsync(Generator);
        Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Batch(epoch, 1, new ClientWindow(_first, 3, [])))).Status);
        Assert.Empty(await RowsAsync("select client_id from q_table_clients"));
    }

    [Fact]
    public async Task The_windows_of_one_part_are_read()
    {
        await Database.ExecuteInAsync(
            $"insert into q_table_owners (agent_type, partition, epoch) values ('{Generator}', 0, 1), ('{Generator}', 3, 1)");
        await Pump.WriteAsync(Batch(new OwnershipTaken(1, 1), 1, new ClientWindow(_first, 3, [5])));
        await Pump.WriteAsync(Writes.Batch(new AgentTypeKey(Generator, 3), new OwnershipTaken(1, 1), 1, Writes.Insert("s2")) with
        {
            Clients = [new ClientWindow(_first, 0, [4])],
        });
        var windows = await new ClientWindowReader(Database.DataSource).ReadAsync(AgentTypeKey.For(Generator), CancellationToken.None);
        Assert.Equal(
            [(_first, 3L, "5")],
            windows.Select(window => (window.ClientId, window.Floor, string.Join(',', window.Above))).OrderBy(window => window.Floor));
        Assert.Empty(
            await new ClientWindowReader(Database.DataSource).ReadAsync(AgentTypeKey.For("coverage-analyzer"), CancellationToken.None));
    }

    private static QTableBatch Batch(OwnershipTaken owner, long watermark, params ClientWindow[] clients) =>
        Writes.Batch(Generator, owner, watermark, Writes.Insert("s1")) with { Clients = clients };
}
