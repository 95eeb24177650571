using Microsoft.Extensions.Time.Testing;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A pump that stops writes what it has, and says so when it cannot.</summary>
public sealed class PumpDisposalTests : QTableTest
{
    [Fact]
    public async Task Stopping_writes_all_that_is_queued()
    {
        var (blocked, queued) = (await TakeAsync(Generator), await TakeAsync(Gate));
        await using var pump = new PumpUnderTest(Database.DataSource, new FakeTimeProvider());
        await using var lane = await HeldLane.HoldAsync(Database, pump, Writes.Batch(Generator, blocked, 1, Writes.Insert("s1")));
        var waiting = pump.WriteAsync(Writes.Batch(Gate, queued, 1, Writes.Insert("s1")));
        var stopping = pump.StopAsync();
        await lane.ReleaseAsync();
        await stopping;
        Assert.True(waiting.IsCompleted);
        Assert.Equal(FlushStatus.Written, (await waiting).Status);
        Assert.Equal(2, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Stopping_while_postgres_is_away_abandons_what_waits()
    {
        await using var nowhere = Nowhere();
        await using var pump = new PumpUnderTest(nowhere, new FakeTimeProvider());
        var waiting = pump.WriteAsync(Writes.Batch(Generator, 1, 1, Writes.Insert("s1")));
        await Eventually.Holds(() => pump.Retries.GetMeasurementSnapshot().Count > 0, "the flush failed");
        var queued = pump.WriteAsync(Writes.Batch(Gate, 1, 1, Writes.Insert("s1")));
        await pump.StopAsync();
        Assert.All(await Task.WhenAll(waiting, queued), outcome =>
        {
            Assert.Equal(FlushStatus.Abandoned, outcome.Status);
            Assert.IsAssignableFrom<Npgsql.NpgsqlException>(outcome.Error);
        });
    }

    [Fact]
    public async Task Stopping_tries_once_more_what_waits_for_its_next_try()
    {
        var epoch = await TakeAsync(Generator);
        await using var proxy = new CuttingProxy(Database.ConnectionString, "update q_table_owners");
        await using var source = Npgsql.NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var pump = new PumpUnderTest(source, new FakeTimeProvider());
        proxy.CutNext(Cut.Request);
        var waiting = pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        await Eventually.Holds(() => pump.Retries.GetMeasurementSnapshot().Count > 0, "the flush failed");
        await pump.StopAsync();
        Assert.Equal(FlushStatus.Written, (await waiting).Status);
        Assert.Equal(1, await CountAsync("q_values"));
    }

    [Fact]
    public async Task A_stopped_pump_takes_nothing_more()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.StopAsync();
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        Assert.Equal(FlushStatus.Abandoned, outcome.Status);
        Assert.IsType<ObjectDisposedException>(outcome.Error);
        Assert.Equal(0, await CountAsync("q_values"));
    }
}
