namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>The metrics say how many rows were written, how long it took, and what was left out or tried again.</summary>
public sealed class FlushInstrumentsTests : QTableTest
{
    [Fact]
    public async Task A_flush_counts_its_rows_and_measures_commit_and_lag()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1"), Writes.Insert("s2"), Writes.Insert("s3")));
        await Pump.StopAsync();
        var rows = Assert.Single(Pump.Rows.GetMeasurementSnapshot());
        Assert.Equal((3L, "q_values"), (rows.Value, rows.Tags["kind"]));
        var duration = Assert.Single(Pump.Durations.GetMeasurementSnapshot());
        var lag = Assert.Single(Pump.Lags.GetMeasurementSnapshot());
        Assert.Equal(("q_values", "q_values"), (duration.Tags["kind"], lag.Tags["kind"]));
        Assert.InRange(duration.Value, double.Epsilon, lag.Value);
        Assert.Equal(("s", "s", "{row}"), (Pump.Durations.Instrument?.Unit, Pump.Lags.Instrument?.Unit, Pump.Rows.Instrument?.Unit));
    }

    [Fact]
    public async Task A_fenced_flush_is_counted_as_fenced_and_not_as_written()
    {
        var stale = await TakeAsync(Generator);
        await TakeAsync(Generator);
        await Pump.WriteAsync(Writes.Batch(Generator, stale, 1, Writes.Insert("s1")));
        await Pump.StopAsync();
        Assert.Equal(1, Assert.Single(Pump.Fenced.GetMeasurementSnapshot()).Value);
        Assert.Empty(Pump.Rows.GetMeasurementSnapshot());
        Assert.Empty(Pump.Retries.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task Each_failed_try_is_counted_and_the_lag_grows_with_the_outage()
    {
        var epoch = await TakeAsync(Generator);
        await using var proxy = new CuttingProxy(Database.ConnectionString, "update q_table_owners");
        await using var source = Npgsql.NpgsqlDataSource.Create(proxy.ConnectionString);
        var time = new TimersSeen();
        await using var pump = new PumpUnderTest(
            source, time, new() { Lanes = 1, MinRetryDelay = TimeSpan.FromSeconds(5), MaxRetryDelay = TimeSpan.FromSeconds(5) });
        proxy.CutNext(Cut.Request);
        var written = pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        await time.AdvanceThroughNextAsync(1);
        await written;
        await pump.StopAsync();
        var retries = Assert.Single(pump.Retries.GetMeasurementSnapshot());
        Assert.Equal((1L, "q_values"), (retries.Value, retries.Tags["kind"]));
        Assert.Equal(5, Assert.Single(pump.Lags.GetMeasurementSnapshot()).Value);
    }
}
