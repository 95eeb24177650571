using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A flush whose watermark is stored has happened, and does not happen again.</summary>
public sealed class WatermarkTests : QTableTest
{
    [Fact]
    public async Task Each_flush_stores_its_watermark()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 3, Writes.Insert("s1")));
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 8));
        Assert.Equal(["1|8"], await RowsAsync("select epoch, watermark from q_table_owners"));
    }

    [Fact]
    public async Task A_flush_that_is_stored_already_is_told_written_with_its_row_ids()
    {
        var epoch = await TakeAsync(Generator);
        var batch = Writes.Batch(Generator, epoch, 1, Writes.Insert("s1"), Writes.Insert("s2"));
        var first = await Pump.WriteAsync(batch);
        await Database.ExecuteInAsync("update q_values set visit_count = 50");
        var again = await Pump.WriteAsync(batch);
        Assert.Equal(FlushStatus.Written, again.Status);
        Assert.Equal(first.RowIds, again.RowIds);
        Assert.Equal(["50", "50"], await RowsAsync("select visit_count from q_values"));
    }

    [Fact]
    public async Task A_database_that_was_set_back_takes_nothing_of_an_owner_whose_last_flush_is_gone()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("s2")) with { After = 1 });
        await Database.ExecuteInAsync("delete from q_values where state_hash = 's2'; update q_table_owners set watermark = 1");
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 3, Writes.Insert("s3")) with { After = 2 });
        Assert.Equal(FlushStatus.Fenced, outcome.Status);
        Assert.Equal(["s1"], await RowsAsync("select state_hash from q_values"));
    }

    [Fact]
    public async Task A_stored_flush_reports_rows_that_vanished()
    {
        var epoch = await TakeAsync(Generator);
        var id = await UpsertBySqlAsync(Generator, "s1", 1);
        var batch = Writes.Batch(Generator, epoch, 1, Writes.Update(id, 2), Writes.Insert("s2"));
        await Pump.WriteAsync(batch);
        await Database.ExecuteInAsync($"delete from q_values where q_value_id = {id}");
        var again = await Pump.WriteAsync(batch);
        Assert.Equal(FlushStatus.Written, again.Status);
        Assert.Equal([1], again.RowIds.Keys);
    }

    [Fact]
    public async Task Partitions_of_an_agent_type_have_watermarks_of_their_own()
    {
        await Database.ExecuteInAsync(
            $"insert into q_table_owners (agent_type, partition, epoch) values ('{Generator}', 0, 4), ('{Generator}', 3, 9)");
        var second = Writes.Batch(new AgentTypeKey(Generator, 3), new OwnershipTaken(9, 4), 2, Writes.Insert("s2"));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, 4, 1, Writes.Insert("s1")))).Status);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(second)).Status);
        Assert.Equal(["0|4|1", "3|9|2"], await RowsAsync("select partition, epoch, watermark from q_table_owners order by partition"));
    }
}
