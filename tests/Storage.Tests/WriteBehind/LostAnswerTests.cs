using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A commit whose answer was lost is found again by its watermark: nothing is lost and nothing counted twice.</summary>
public sealed class LostAnswerTests : QTableTest
{
    private CuttingProxy Proxy { get; set; } = null!;

    private NpgsqlDataSource Proxied { get; set; } = null!;

    private PumpUnderTest CutPump { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Proxy = new CuttingProxy(Database.ConnectionString, "update q_table_owners");
        Proxied = NpgsqlDataSource.Create(Proxy.ConnectionString);
        CutPump = new PumpUnderTest(Proxied);
    }

    public override async Task DisposeAsync()
    {
        await CutPump.DisposeAsync();
        await Proxied.DisposeAsync();
        await Proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_told_written_with_its_row_ids()
    {
        var epoch = await TakeAsync(Generator);
        var known = await UpsertBySqlAsync(Generator, "s0", 1);
        Proxy.CutNext(Cut.Answer);
        var outcome = await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 1,
            Writes.Insert("s1"), Writes.Update(known, 5, visits: 2, state: "s0"), Writes.Insert("s2")));
        Assert.Equal(1, Proxy.Cuts);
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal(
            [$"{known}|s0|5.000000|2", $"{outcome.RowIds[0]}|s1|0.500000|1", $"{outcome.RowIds[2]}|s2|0.500000|1"],
            await RowsAsync("select q_value_id, state_hash, q_value, visit_count from q_values order by state_hash"));
        await AssertWrittenByOneTransactionAsync();
    }

    [Fact]
    public async Task Rows_of_a_commit_whose_answer_was_lost_are_counted_once()
    {
        var epoch = await TakeAsync(Generator);
        Proxy.CutNext(Cut.Answer);
        await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1"), Writes.Insert("s2")));
        await CutPump.StopAsync();
        Assert.Equal(2, Assert.Single(CutPump.Rows.GetMeasurementSnapshot()).Value);
        Assert.Single(CutPump.Lags.GetMeasurementSnapshot());
        Assert.Equal(1, Assert.Single(CutPump.Retries.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task A_flush_that_never_reached_the_server_is_written_by_the_retry()
    {
        var epoch = await TakeAsync(Generator);
        Proxy.CutNext(Cut.Request);
        var outcome = await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        Assert.Equal(1, Proxy.Cuts);
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal([$"{outcome.RowIds[0]}|1"], await RowsAsync("select q_value_id, visit_count from q_values"));
    }

    [Fact]
    public async Task An_attempt_that_reaches_the_server_after_a_newer_flush_writes_nothing()
    {
        var epoch = await TakeAsync(Generator);
        Proxy.CutNext(Cut.Hold);
        var first = await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", value: 1)));
        await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Update(first.RowIds[0], 2)));
        await Proxy.ForwardHeldAsync();
        Assert.Equal(["2.000000|2"], await RowsAsync("select q_value, visit_count from q_values"));
        Assert.Equal(["1|2"], await RowsAsync("select epoch, watermark from q_table_owners"));
    }

    [Fact]
    public async Task An_attempt_that_reaches_the_server_after_a_newer_owner_writes_nothing()
    {
        var epoch = await TakeAsync(Generator);
        Proxy.CutNext(Cut.Hold);
        await CutPump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", value: 1)));
        await TakeAsync(Generator);
        await Database.ExecuteInAsync("delete from q_values");
        await Proxy.ForwardHeldAsync();
        Assert.Equal(0, await CountAsync("q_values"));
        Assert.Equal(["2|0"], await RowsAsync("select epoch, watermark from q_table_owners"));
    }

    [Fact]
    public async Task A_lost_answer_to_a_fenced_flush_is_told_fenced()
    {
        var stale = await TakeAsync(Generator);
        await TakeAsync(Generator);
        Proxy.CutNext(Cut.Answer);
        var outcome = await CutPump.WriteAsync(Writes.Batch(Generator, stale, 1, Writes.Insert("s1")));
        Assert.Equal(1, Proxy.Cuts);
        Assert.Equal(FlushStatus.Fenced, outcome.Status);
        Assert.Equal(0, await CountAsync("q_values"));
    }

    // A row that a second transaction had written again would carry its number.
    private async Task AssertWrittenByOneTransactionAsync() => Assert.Equal(
        ["1"], await RowsAsync(
            "select count(distinct xmin::text) from (select xmin from q_values union all select xmin from q_table_owners) x"));
}
