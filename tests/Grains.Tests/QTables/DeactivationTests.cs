using Orleans.Core.Internal;

namespace QLearning.Grains.Tests.QTables;

/// <summary>A grain or a silo that goes writes first what it took, and the next activation goes on from there.</summary>
public sealed class DeactivationTests(SlowFlushSilo silo) : IClassFixture<SlowFlushSilo>
{
    [Fact]
    public async Task A_grain_that_is_deactivated_writes_what_waits()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 30).Select(i => Given.Last($"s{i % 3}", "a", 1))], WriteMode.WriteBehind);
        Assert.Equal(0, await type.VisitsAsync());
        await DeactivateAsync(type);
        await Eventually.Holds(async () => await type.VisitsAsync() == 30, "all visits in PostgreSQL");
    }

    [Fact]
    public async Task The_next_activation_goes_on_from_what_was_written()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s", "a", 1), Given.Value("s", "b", 2), Given.Value("s", "b", 3)], WriteMode.WriteBehind);
        var before = await type.Grain.GetQValues(Given.State("s"));
        var owner = (await type.Grain.GetDurability()).Owner;
        await DeactivateAsync(type);
        await Eventually.Holds(async () => (await type.Grain.GetDurability()).Owner != owner, "a new activation");
        Assert.Equal(before, await type.Grain.GetQValues(Given.State("s")));
        var result = await type.Grain.Upsert(Given.Value("s", "b", 4), WriteMode.Durable);
        Assert.Equal((3, 1), (result.VisitCount, result.Version));
    }

    [Fact]
    public async Task A_durable_update_under_way_ends_well_when_its_grain_is_deactivated()
    {
        var type = await silo.AddAgentTypeAsync();
        Task<LearnResult> durable;
        await using (await type.HoldFlushesAsync())
        {
            durable = type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable).AsTask();
            await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Updates == 1, "the update to be learned");
            await DeactivateAsync(type);
        }

        Assert.Equal(1, (await durable).VisitCount);
        Assert.Equal(1, await type.VisitsAsync());
    }

    [Theory]
    [InlineData(WriteMode.WriteBehind)]
    [InlineData(WriteMode.Durable)]
    public async Task A_graceful_stop_of_the_silo_loses_nothing(WriteMode mode)
    {
        var types = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => silo.AddAgentTypeAsync()));
        var learned = await Task.WhenAll(types.Select(async type =>
        {
            await Task.WhenAll(
                Enumerable.Range(0, 40).Select(i => type.Grain.Learn(Given.Last($"s{i % 7}", $"a{i % 3}", i), mode).AsTask()));
            return await type.Grain.GetQValues(Given.State("s3"));
        }));
        await silo.StopSiloAsync();
        foreach (var type in types)
        {
            Assert.Equal(40, await type.VisitsAsync());
        }

        await silo.StartSiloAsync();
        foreach (var (type, before) in types.Zip(learned))
        {
            var after = await type.Grain.GetQValues(Given.State("s3"));
            Assert.Equal(before.Select(Rounded), after.Select(Rounded));
            Assert.Equal(40, (await type.Grain.GetStatistics()).Visits);
        }
    }

    [Fact]
    public async Task Calls_during_a_stop_are_either_written_or_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        var grain = type.Grain;
        var acknowledged = 0;
        var learners = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await grain.Learn(Given.Last($"s{i}", "a", 1), WriteMode.WriteBehind);
                    Interlocked.Increment(ref acknowledged);
                }
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                return error;
            }
        })).ToList();
        await Eventually.Holds(() => Volatile.Read(ref acknowledged) > 100, "learning to be under way");
        await silo.StopSiloAsync();
        await Task.WhenAll(learners);

        // A call whose answer was lost may be written too: at most one of each learner.
        Assert.InRange(await type.VisitsAsync(), acknowledged, acknowledged + learners.Count);
        await silo.StartSiloAsync();
    }

    [Fact]
    public async Task A_call_that_waits_for_a_state_is_answered_although_its_grain_goes()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 20000}""");
        await LargeTables.FillAsync(silo.Database, type, 20_001);
        var owner = (await type.Grain.GetDurability()).Owner;
        Task<BestAction?> read;
        await using (await HeldLock.TakeAsync(silo.Database, "lock table q_values in access exclusive mode"))
        {
            read = type.Grain.GetBestAction(Given.State("s7")).AsTask();
            await Eventually.Holds(
                async () => await silo.Database.QueryAsync<long>(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock' and query like '%state_hash = any%'
                    """) == 1,
                "the load to wait for the lock");
            await DeactivateAsync(type);
        }

        Assert.Equal(7, (await read)!.QValue);
        await Eventually.Holds(async () => (await type.Grain.GetDurability()).Owner != owner, "a new activation");
    }

    private static (ActionKey, double, int) Rounded(QValue value) => (value.Action, Math.Round(value.Value, 6), value.VisitCount);

    private static async Task DeactivateAsync(TestAgentType type) =>
        await type.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
