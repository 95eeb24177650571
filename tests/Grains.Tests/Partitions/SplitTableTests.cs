namespace QLearning.Grains.Tests.Partitions;

/// <summary>A Q-table that is split over several grains is to its callers what one grain's is.</summary>
public sealed class SplitTableTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int Count = 4;

    [Fact]
    public async Task Every_call_to_part_0_is_answered_for_all_states()
    {
        var type = await SplitTypeAsync();
        for (var i = 0; i < 40; i++)
        {
            await type.Grain.Learn(Given.Last($"s{i}", "a", i), WriteMode.WriteBehind);
        }

        await type.Grain.LearnMany([.. Enumerable.Range(0, 40).Select(i => Given.Last($"s{i}", "b", 10 * i))], WriteMode.Durable);
        await type.Grain.UpsertMany([.. Enumerable.Range(0, 40).Select(i => Given.Value($"t{i}", "c", i))], WriteMode.WriteBehind);
        await type.Grain.Upsert(Given.Value("t0", "c", 77), WriteMode.Durable);
        StateKey[] states = [.. Enumerable.Range(0, 40).Select(i => Given.State($"s{i}"))];
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (double?)i), (await type.Grain.GetBestActions(states)).Select(best => best?.QValue));
        Assert.All(await type.Grain.GetQValuesMany(states), values => Assert.Equal(2, values.Length));
        Assert.Equal(7, (await type.Grain.GetBestAction(Given.State("s7")))!.QValue);
        Assert.Equal(2, (await type.Grain.GetQValues(Given.State("s8"))).Length);
        Assert.Equal("b", (await type.Grain.SelectAction(Given.Select("s9", rate: 0))).Action.Key.ToString());
        Assert.Null(await type.Grain.GetBestAction(Given.State("unknown")));
        await type.Grain.Flush();
        var statistics = await type.Grain.GetStatistics();
        Assert.Equal((Count, 80, 120, 121L, 0), (statistics.Partitions, statistics.States, statistics.QValues, statistics.Visits, statistics.Backlog));
        Assert.Equal(121, await type.VisitsAsync());
        Assert.Equal(Count, await silo.Database.QueryAsync<long>($"select count(*) from q_table_owners where agent_type = '{type.Name}' and watermark > 0"));
    }

    [Fact]
    public async Task The_other_parts_answer_for_what_they_own_only()
    {
        var type = await SplitTypeAsync();
        var state = Given.State("s1");
        var owner = TablePartition.IndexOf(state, Count);
        await type.Grain.Learn(Given.Last("s1", "a", 10), WriteMode.WriteBehind);
        Assert.Equal(1, (await Part(type, owner).GetBestAction(state))!.QValue);
        var other = owner == 1 ? 2 : 1;
        await Assert.ThrowsAsync<FencedException>(async () => await Part(type, other).GetBestAction(state));
        await Assert.ThrowsAsync<FencedException>(async () => await Part(type, other).GetBestActions([state]));
        await Assert.ThrowsAsync<FencedException>(async () => await Part(type, other).Learn(Given.Last("s1", "a", 1), WriteMode.WriteBehind));
        await Assert.ThrowsAsync<FencedException>(async () => await Part(type, other).RecordRewards([Late("s1", 1)]));
        Assert.Equal(1, (await type.Grain.GetBestAction(state))!.VisitCount);
    }

    [Fact]
    public async Task A_numbered_batch_is_learned_by_its_owner_only()
    {
        var type = await SplitTypeAsync();
        var states = Enumerable.Range(0, 20).Select(i => $"s{i}").ToLookup(state => TablePartition.IndexOf(Given.State(state), Count));
        Transition[] mixed = [Given.Last(states[0].First(), "a", 1), Given.Last(states[1].First(), "a", 1)];
        var batch = new UpdateBatch { ClientId = Guid.NewGuid(), Sequence = 1, Transitions = mixed };
        await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Apply(batch));
        await Assert.ThrowsAsync<FencedException>(async () => await Part(type, 1).Apply(batch));
        Assert.Equal(0, (await type.Grain.GetStatistics()).Visits);
        Assert.Single((await Part(type, 1).Apply(batch with { Transitions = [mixed[1]] })).Results!);
    }

    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    [InlineData("expectedSarsa")]
    public async Task A_walk_is_learned_as_in_one_table(string rule)
    {
        var whole = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}"}""");
        var split = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}", "partitions": {{Count}}}""");
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var step = Given.Step($"s{random.Next(12)}", $"a{random.Next(3)}", random.Next(-5, 10), $"s{random.Next(12)}", $"a{random.Next(3)}");
            var expected = await whole.Grain.Learn(step, WriteMode.WriteBehind);
            var actual = await split.Grain.Learn(step, WriteMode.WriteBehind);
            Assert.Equal(expected.VisitCount, actual.VisitCount);
            // Sums over the actions of a state may be made in another order.
            Assert.Equal(expected.QValue, actual.QValue, 9);
            Assert.Equal(expected.TdError, actual.TdError, 9);
        }
    }

    [Fact]
    public async Task A_table_larger_than_the_hot_limit_is_read_state_by_state()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 20000, "partitions": 2}""");
        await LargeTables.FillAsync(silo.Database, type, 50_000);
        Assert.False((await type.Grain.GetStatistics()).IsWhole);
        await type.Grain.Learn(Given.Step("s1", "a", 0, "s2"), WriteMode.Durable);
        Assert.Equal(2, (await type.Grain.GetBestAction(Given.State("s2")))!.QValue);
        Assert.Equal(2, (await type.Grain.GetQValues(Given.State("s1"))).Sum(value => value.VisitCount));
    }

    [Fact]
    public async Task Delayed_rewards_reach_the_part_that_learned()
    {
        var type = await SplitTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10))], WriteMode.WriteBehind);
        DelayedReward[] late = [.. Enumerable.Range(0, 8).Select(i => Late($"s{i}", 50))];
        var results = await type.Grain.RecordRewards(late);
        Assert.All(results, result => Assert.Equal((6.0, 2), (result!.Value.QValue, result.Value.VisitCount)));
        Assert.All(await type.RowsAsync(), row => Assert.Equal((6.0, 2), (row.Value, row.Visits)));
        Assert.All(await type.Grain.RecordRewards(late), result => Assert.Null(result));
    }

    [Fact]
    public async Task One_reward_of_what_was_never_learned_changes_nothing_in_any_part()
    {
        var type = await SplitTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10))], WriteMode.Durable);
        DelayedReward[] late = [.. Enumerable.Range(0, 8).Select(i => Late($"s{i}", 50)), Late("never", 1)];
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.RecordRewards(late));
        Assert.Contains("at index 8", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, (await type.Grain.GetStatistics()).Visits);
    }

    [Fact]
    public async Task What_another_program_writes_reaches_the_part_that_has_it()
    {
        var type = await SplitTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10))], WriteMode.Durable);
        for (var i = 0; i < 8; i++)
        {
            await type.StoreAsync($"s{i}", "a", 100 + i);
        }

        for (var i = 0; i < 8; i++)
        {
            var (state, value) = (Given.State($"s{i}"), 100 + i);
            await Eventually.Holds(async () => (await type.Grain.GetBestAction(state))!.QValue == value, $"{state} to be read again");
        }

        Assert.Equal(8, (await type.Grain.GetStatistics()).States);
    }

    private static DelayedReward Late(string state, double reward) =>
        new() { Id = Guid.NewGuid(), State = Given.State(state), Action = ActionKey.Parse("a"), Reward = reward };

    private IAgentTypeGrain Part(TestAgentType type, int index) =>
        silo.Grains.GetGrain<IAgentTypeGrain>(new AgentTypeKey(type.Name, index).ToString());

    private Task<TestAgentType> SplitTypeAsync() => silo.AddAgentTypeAsync($$"""{"partitions": {{Count}}}""");
}
