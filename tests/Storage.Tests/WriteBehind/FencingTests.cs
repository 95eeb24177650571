using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Only the newest owner of a Q-table writes it, whoever else shares the transaction.</summary>
public sealed class FencingTests : QTableTest
{
    [Fact]
    public async Task A_flush_of_a_stale_epoch_writes_nothing()
    {
        var stale = await TakeAsync(Generator);
        var id = await UpsertBySqlAsync(Generator, "s1", 1);
        await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, stale, 1, Writes.Update(id, 9), Writes.Insert("s2")));
        Assert.Equal(FlushStatus.Fenced, outcome.Status);
        Assert.Empty(outcome.RowIds);
        Assert.Equal(["s1|1.000000|1"], await RowsAsync("select state_hash, q_value, visit_count from q_values"));
        Assert.Equal(["2|0"], await RowsAsync("select epoch, watermark from q_table_owners"));
    }

    [Fact]
    public async Task After_a_backup_was_restored_an_owner_of_the_same_epoch_with_another_id_writes_nothing()
    {
        var lost = await TakeAsync(Generator);
        await Database.ExecuteInAsync("delete from q_table_owners; select setval('q_table_epochs', 1, false)");
        var owner = await TakeAsync(Generator);
        Assert.Equal(lost.Epoch, owner.Epoch);
        Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Writes.Batch(Generator, lost, 5, Writes.Insert("s1")))).Status);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, owner, 6, Writes.Insert("s2")))).Status);
        Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Writes.Batch(Generator, lost, 5, Writes.Insert("s1")))).Status);
        Assert.Equal(["s2"], await RowsAsync("select state_hash from q_values"));
    }

    [Fact]
    public async Task A_flush_of_a_table_without_an_owner_writes_nothing()
    {
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, 1, 1, Writes.Insert("s1")));
        Assert.Equal(FlushStatus.Fenced, outcome.Status);
        Assert.Equal(0, await CountAsync("q_values"));
    }

    [Fact]
    public async Task A_flush_without_changes_is_fenced_too()
    {
        var stale = await TakeAsync(Generator);
        await TakeAsync(Generator);
        Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Writes.Batch(Generator, stale, 1))).Status);
    }

    [Fact]
    public async Task Other_owners_of_the_transaction_commit_beside_a_stale_one()
    {
        var (blocked, stale, good) = (await TakeAsync(Generator), await TakeAsync(Executor), await TakeAsync(Gate));
        await TakeAsync(Executor);
        await using var lane = await HeldLane.HoldAsync(Database, Pump, Writes.Batch(Generator, blocked, 1, Writes.Insert("s1")));
        var fenced = Pump.WriteAsync(Writes.Batch(Executor, stale, 1, Writes.Insert("s1")));
        var written = Pump.WriteAsync(Writes.Batch(Gate, good, 1, Writes.Insert("s1")));
        await lane.ReleaseAsync();
        Assert.Equal(
            [FlushStatus.Written, FlushStatus.Fenced, FlushStatus.Written],
            (await Task.WhenAll(lane.First, fenced, written)).Select(outcome => outcome.Status));
        Assert.Equal([Gate, Generator], await RowsAsync("select agent_type from q_values order by agent_type"));
        await Pump.StopAsync();
        Assert.Equal(2, Pump.Durations.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public async Task Ownership_taken_while_a_flush_waits_for_it_fences_the_flush()
    {
        var epoch = await TakeAsync(Generator);
        await using var lane = await BlockedLane.BlockAsync(Database, Pump, Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        await lane.ExecuteAsync("update q_table_owners set epoch = epoch + 1, watermark = 0");
        await lane.ReleaseAsync();
        Assert.Equal(FlushStatus.Fenced, (await lane.First).Status);
        Assert.Equal(0, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Two_activations_of_one_agent_type_in_one_transaction_are_told_apart()
    {
        var (blocked, stale) = (await TakeAsync(Generator), await TakeAsync(Gate));
        var owner = await TakeAsync(Gate);
        await using var lane = await HeldLane.HoldAsync(Database, Pump, Writes.Batch(Generator, blocked, 1, Writes.Insert("s1")));
        var old = Pump.WriteAsync(Writes.Batch(Gate, stale, 8, Writes.Insert("s1", value: 8)));
        var young = Pump.WriteAsync(Writes.Batch(Gate, owner, 1, Writes.Insert("s1", value: 1)));
        await lane.ReleaseAsync();
        Assert.Equal(FlushStatus.Fenced, (await old).Status);
        Assert.Equal(FlushStatus.Written, (await young).Status);
        Assert.Equal(["1.000000"], await RowsAsync($"select q_value from q_values where agent_type = '{Gate}'"));
    }

    [Fact]
    public async Task A_fenced_flush_needs_no_second_connection()
    {
        var stale = await TakeAsync(Generator);
        await TakeAsync(Generator);
        await using var single = Npgsql.NpgsqlDataSource.Create(Database.ConnectionString + ";Maximum Pool Size=1;Timeout=20");
        await using var pump = new PumpUnderTest(single);
        var outcome = await pump.WriteAsync(Writes.Batch(Generator, stale, 1, Writes.Insert("s1"))).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(FlushStatus.Fenced, outcome.Status);
        Assert.Empty(pump.Retries.GetMeasurementSnapshot());
    }
}
