namespace QLearning.Grains.Tests.QTables;

/// <summary>Acknowledged updates become durable by themselves; results and statistics tell how far that is.</summary>
[Collection(SharedSilo.Name)]
public sealed class WriteBehindTests(SiloFixture silo)
{
    [Fact]
    public async Task An_update_becomes_durable_without_another_call()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind);
        await Eventually.Holds(async () => await type.VisitsAsync() == 1, "the row in PostgreSQL");
        Assert.Equal(("s", "a", 1, 1), (await type.RowsAsync()).Select(row => (row.State, row.Action, row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task Updates_after_a_flush_become_durable_as_quickly_as_the_first()
    {
        var type = await silo.AddAgentTypeAsync();
        for (var i = 1; i <= 3; i++)
        {
            await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind);
            await Eventually.Holds(async () => await type.VisitsAsync() == i, $"visit {i} in PostgreSQL");
            await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Backlog == 0, "the flush to be over");
        }
    }

    [Fact]
    public async Task An_update_during_a_flush_becomes_durable_without_another_call()
    {
        var type = await silo.AddAgentTypeAsync();
        await using (await type.HoldFlushesAsync())
        {
            var durable = type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable).AsTask();
            await UnderWayAsync(type);
            await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind);
            Assert.False(durable.IsCompleted);
        }

        await Eventually.Holds(async () => await type.VisitsAsync() == 2, "both visits in PostgreSQL");
    }

    [Fact]
    public async Task Flush_returns_after_the_commit_of_all_that_was_changed()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 500).Select(i => Given.Last($"s{i}", "a", 1))], WriteMode.WriteBehind);
        await type.Grain.Flush();
        Assert.Equal(500, (await type.RowsAsync()).Length);
        Assert.Equal(0, (await type.Grain.GetStatistics()).Backlog);
    }

    [Fact]
    public async Task A_flush_of_nothing_writes_nothing()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
        var before = await type.WatermarkAsync();
        await type.Grain.Flush();
        Assert.Equal(before, await type.WatermarkAsync());
    }

    [Fact]
    public async Task A_result_names_the_epoch_and_the_place_among_all_updates()
    {
        var type = await silo.AddAgentTypeAsync();
        var first = await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
        Assert.Equal((await type.EpochAsync(), 1), (first.Epoch, first.Version));
        var many = await type.Grain.LearnMany([Given.Last("s", "a", 1), Given.Last("t", "a", 1)], WriteMode.Durable);
        Assert.Equal([(first.Epoch, 2), (first.Epoch, 3)], many.Select(result => (result.Epoch, result.Version)));
        Assert.Equal(3, (await type.Grain.GetDurability()).Durable);
        Assert.Equal(2, await type.WatermarkAsync());
    }

    [Fact]
    public async Task A_result_is_not_durable_while_the_watermark_is_below_its_version()
    {
        var type = await silo.AddAgentTypeAsync();
        LearnResult during;
        await using (await type.HoldFlushesAsync())
        {
            _ = type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable).AsTask();
            await UnderWayAsync(type);
            during = await type.Grain.Learn(Given.Last("t", "a", 1), WriteMode.WriteBehind);
            Assert.Equal((2, 0), (during.Version, (await type.Grain.GetStatistics()).Watermark));
        }

        await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Watermark >= during.Version, "the watermark");
        Assert.Equal(2, await type.VisitsAsync());
    }

    [Fact]
    public async Task Statistics_count_what_the_grain_holds_and_has_done()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("old", "a", 1);
        await type.StoreAsync("old", "a", 1);
        await type.Grain.LearnMany([Given.Last("s", "a", 1), Given.Last("s", "b", 1), Given.Last("s", "b", 1)], WriteMode.Durable);
        await using var held = await type.HoldFlushesAsync();
        await type.Grain.Learn(Given.Last("t", "c", 1), WriteMode.WriteBehind);
        var statistics = await type.Grain.GetStatistics();
        Assert.Equal(type.Name, statistics.AgentType);
        Assert.Equal((3, 4, 3, 6), (statistics.States, statistics.QValues, statistics.Actions, statistics.Visits));
        Assert.Equal((4, 2, 1), (statistics.Updates, statistics.Flushed, statistics.Backlog));
        Assert.Equal((await type.EpochAsync(), 1, true), (statistics.Epoch, statistics.Watermark, statistics.IsWhole));
        Assert.NotEmpty(statistics.Silo);
    }

    // The flush under way has taken the row that made it start.
    private static Task UnderWayAsync(TestAgentType type) => Eventually.Holds(
        async () => (await type.Grain.GetStatistics()).Backlog == 1, "the flush to start");
}
