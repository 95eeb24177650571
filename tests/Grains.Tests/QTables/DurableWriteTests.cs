namespace QLearning.Grains.Tests.QTables;

/// <summary>A durable update is acknowledged after its commit and not before, and holds up no other.</summary>
[Collection(SharedSilo.Name)]
public sealed class DurableWriteTests(SiloFixture silo)
{
    [Fact]
    public async Task A_durable_update_is_in_PostgreSQL_when_it_is_acknowledged()
    {
        var type = await silo.AddAgentTypeAsync();
        for (var i = 1; i <= 20; i++)
        {
            var result = await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
            Assert.Equal((i, Math.Round(result.QValue, 6)), (await type.RowsAsync()).Select(row => (row.Visits, row.Value)).Single());
        }
    }

    [Fact]
    public async Task A_type_may_be_durable_by_its_settings()
    {
        var type = await silo.AddAgentTypeAsync("""{"writeMode": "durable"}""");
        await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.AgentTypeDefault);
        Assert.Equal(1, await type.VisitsAsync());
        await using var held = await type.HoldFlushesAsync();
        var durable = type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.AgentTypeDefault).AsTask();
        var writtenBehind = await type.Grain.Learn(Given.Last("t", "a", 1), WriteMode.WriteBehind);
        Assert.Equal(1, writtenBehind.VisitCount);
        Assert.False(durable.IsCompleted);
    }

    [Fact]
    public async Task While_a_durable_update_waits_reads_and_write_behind_updates_go_on()
    {
        var type = await silo.AddAgentTypeAsync();
        Task<LearnResult> durable;
        await using (await type.HoldFlushesAsync())
        {
            durable = type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable).AsTask();
            for (var i = 1; i <= 50; i++)
            {
                Assert.Equal(i, (await type.Grain.Learn(Given.Last("t", "b", 1), WriteMode.WriteBehind)).VisitCount);
                Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s")))?.QValue);
            }

            Assert.False(durable.IsCompleted);
            Assert.Equal(0, await type.VisitsAsync());
        }

        Assert.Equal(1, (await durable).VisitCount);
        await type.Grain.Flush();
        Assert.Equal(51, await type.VisitsAsync());
    }

    [Fact]
    public async Task Many_waiters_share_a_commit()
    {
        // The first starts flush 1; all others come while it waits for the lock and belong to flush 2.
        var type = await silo.AddAgentTypeAsync();
        Task<LearnResult>[] waiters;
        await using (await type.HoldFlushesAsync())
        {
            waiters = [.. Enumerable.Range(0, 200)
                .Select(i => type.Grain.Learn(Given.Last($"s{i % 10}", "a", 1), WriteMode.Durable).AsTask())];
            await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Updates == 200, "all updates to be learned");
            Assert.DoesNotContain(waiters, waiter => waiter.IsCompleted);
        }

        await Task.WhenAll(waiters);
        Assert.Equal((2, 200), (await type.WatermarkAsync(), await type.VisitsAsync()));
    }

    [Fact]
    public async Task Waiters_of_many_grains_end_while_another_grain_is_held_up()
    {
        // One held lock stops a lane, but each of the silo's two lanes goes on by itself: at least one of the types is in the other one.
        var held = await silo.AddAgentTypeAsync();
        var others = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => silo.AddAgentTypeAsync()));
        await using var hold = await held.HoldFlushesAsync();
        var blocked = held.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable).AsTask();
        var waiters = others.Select(other => other.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable).AsTask()).ToArray();
        await await Task.WhenAny(waiters).WaitAsync(Eventually.DefaultDeadline);
        Assert.False(blocked.IsCompleted);
    }
}
