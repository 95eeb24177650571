namespace QLearning.Grains.Tests.QTables;

/// <summary>A table larger than the hot limit is right although only a part of it is in memory.</summary>
[Collection(SharedSilo.Name)]
public sealed class EvictionTests(SiloFixture silo)
{
    private const int HotLimit = 20_000;
    private const int States = 24_000;
    private const string Metadata = """{"hotLimit": 20000}""";

    [Fact]
    public async Task A_table_of_the_limit_is_loaded_whole_and_a_larger_one_is_not()
    {
        var (atLimit, above) = (await silo.AddAgentTypeAsync(Metadata), await silo.AddAgentTypeAsync(Metadata));
        await LargeTables.FillAsync(silo.Database, atLimit, HotLimit);
        await LargeTables.FillAsync(silo.Database, above, HotLimit + 1);
        var (whole, part) = (await atLimit.Grain.GetStatistics(), await above.Grain.GetStatistics());
        Assert.Equal((true, HotLimit), (whole.IsWhole, whole.States));
        Assert.Equal((false, 0), (part.IsWhole, part.States));
    }

    [Fact]
    public async Task States_are_loaded_when_they_are_asked_for_and_make_room_for_others()
    {
        var type = await LargeTypeAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var first = 1; first < States; first += 8_000)
            {
                var best = await type.Grain.GetBestActions(LargeTables.States(first, 8_000));
                Assert.Equal(Enumerable.Range(first, 8_000), best.Select(action => (int)action!.QValue));
                Assert.InRange((await type.Grain.GetStatistics()).States, 8_000, HotLimit);
            }
        }
    }

    [Fact]
    public async Task A_state_that_is_nowhere_is_unknown_and_can_be_learned()
    {
        var type = await LargeTypeAsync();
        Assert.Null(await type.Grain.GetBestAction(Given.State("nowhere")));
        Assert.Equal(1, (await type.Grain.Learn(Given.Last("nowhere", "a", 1), WriteMode.Durable)).VisitCount);
        Assert.Equal(0.1, (await type.Grain.GetBestAction(Given.State("nowhere")))!.QValue, 9);
    }

    [Fact]
    public async Task Learning_loads_the_state_and_the_next_state_first()
    {
        // 5 + 0.1 · (50 + 0.95 · 20 − 5)
        var type = await LargeTypeAsync();
        var result = await type.Grain.Learn(Given.Step("s5", "a", 50, "s20"), WriteMode.Durable);
        Assert.Equal((11.4, 2), (Math.Round(result.QValue, 9), result.VisitCount));
        Assert.Equal((11.4, 2), (await type.RowsAsync()).Where(row => row.State == "s5").Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task What_was_learned_is_still_there_after_it_made_room()
    {
        var type = await LargeTypeAsync();
        await type.Grain.UpsertMany(
            [Given.Value("s1", "a", -7), Given.Value("s1", "b", -8), Given.Value("new", "a", 9)], WriteMode.WriteBehind);
        await EvictAllAsync(type);
        Assert.Equal([("a", -7, 2), ("b", -8, 1)], Values(await type.Grain.GetQValues(Given.State("s1"))));
        Assert.Equal([("a", 9, 1)], Values(await type.Grain.GetQValues(Given.State("new"))));
    }

    [Fact]
    public async Task What_is_not_yet_written_does_not_make_room()
    {
        var type = await LargeTypeAsync();
        await using (await type.HoldFlushesAsync())
        {
            await type.Grain.Upsert(Given.Value("s1", "a", -7), WriteMode.WriteBehind);
            await EvictAllAsync(type);
            // Read again from the database it would be 1.
            Assert.Equal(-7, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);
        }

        await type.Grain.Flush();
        Assert.Equal((-7, 2), (await type.RowsAsync()).Where(row => row.State == "s1").Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task A_whole_table_that_outgrows_the_limit_is_whole_no_longer_and_still_right()
    {
        var type = await silo.AddAgentTypeAsync(Metadata);
        await LargeTables.FillAsync(silo.Database, type, HotLimit - 10);
        Assert.True((await type.Grain.GetStatistics()).IsWhole);
        await type.Grain.UpsertMany([.. Enumerable.Range(0, 50).Select(i => Given.Value($"new{i}", "a", i))], WriteMode.Durable);
        Assert.False((await type.Grain.GetStatistics()).IsWhole);
        Assert.Equal(
            Enumerable.Range(1, 10_000),
            (await type.Grain.GetBestActions(LargeTables.States(1, 10_000))).Select(action => (int)action!.QValue));
        Assert.Equal(49, (await type.Grain.GetBestAction(Given.State("new49")))!.QValue);
    }

    [Fact]
    public async Task What_waits_while_a_whole_table_outgrows_the_limit_is_learned_of_what_is_stored()
    {
        var type = await silo.AddAgentTypeAsync(Metadata);
        await LargeTables.FillAsync(silo.Database, type, HotLimit - 10);
        Assert.True((await type.Grain.GetStatistics()).IsWhole);
        var late = new DelayedReward
        {
            Id = Guid.NewGuid(),
            State = Given.State("s7"),
            Action = AgentAction.Named("a").Key,
            Reward = 10,
        };
        ValueTask<LearnResult?[]> learning;
        await using (await HeldLock.TakeAsync(silo.Database, "lock table rewards in access exclusive mode"))
        {
            // Whether it was recorded before cannot be looked up now.
            learning = type.Grain.RecordRewards([late]);
            for (var round = 0; round < 3; round++)
            {
                await type.Grain.UpsertMany(
                    [.. Enumerable.Range(0, 10_000).Select(i => Given.Value($"new{round}-{i}", "a", i))], WriteMode.Durable);
            }

            Assert.Equal((false, false), ((await type.Grain.GetStatistics()).IsWhole, learning.IsCompleted));
        }

        // Its row, which was in memory no more, is counted on.
        var result = Assert.Single(await learning)!.Value;
        Assert.Equal(2, result.VisitCount);
        Assert.Equal(2, (await type.RowsAsync()).Where(row => row.State == "s7").Select(row => row.Visits).Single());
    }

    [Fact]
    public async Task Concurrent_updates_of_cold_states_are_all_counted()
    {
        var type = await LargeTypeAsync();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => type.Grain.Learn(
            Given.Step($"s{1 + (i % 20)}", "a", 1, $"s{100 + (i % 7)}"),
            i % 3 == 0 ? WriteMode.Durable : WriteMode.WriteBehind).AsTask()));
        await type.Grain.Flush();
        Assert.Equal(States + 400, await type.VisitsAsync());
        Assert.All((await type.RowsAsync()).Where(row => row.Visits > 1), row => Assert.Equal(21, row.Visits));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Callers_that_together_want_more_than_there_is_room_for_do_not_take_each_others_states_away(int callers)
    {
        const int Each = 6_000;
        const int Table = 60_000;
        var type = await silo.AddAgentTypeAsync(Metadata);
        await LargeTables.FillAsync(silo.Database, type, Table);
        await type.Grain.GetStatistics();
        using var statements = new SqlStatements(silo.Database);
        await Task.WhenAll(
            Enumerable.Range(0, callers).Select(caller => type.Grain.LearnMany(Steps(caller), WriteMode.WriteBehind).AsTask()));
        // One load for each, and one more for what another one was about to load. Callers that evict each other's states load three times
        // and oftener.
        Assert.InRange(statements.Count("state_hash = any"), 1, 2 * callers);
        await type.Grain.Flush();
        Assert.Equal(Table + (callers * Each), await type.VisitsAsync());

        static Transition[] Steps(int caller) =>
            [.. Enumerable.Range(0, Each).Select(i => Given.Step(Nth(caller, 2 * i), "a", 1, Nth(caller, (2 * i) + 1)))];

        static string Nth(int caller, int i) => $"s{1 + (((i * 7_919) + (caller * 4_241)) % Table)}";
    }

    private static IEnumerable<(string, double, int)> Values(QValue[] values) =>
        values.Select(value => (value.Action.ToString(), value.Value, value.VisitCount));

    private static async Task EvictAllAsync(TestAgentType type)
    {
        for (var first = 2; first < States - 8_000; first += 5_000)
        {
            await type.Grain.GetBestActions(LargeTables.States(first, 10_000));
        }
    }

    private async Task<TestAgentType> LargeTypeAsync()
    {
        var type = await silo.AddAgentTypeAsync(Metadata);
        await LargeTables.FillAsync(silo.Database, type, States);
        return type;
    }
}
