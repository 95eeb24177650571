namespace QLearning.Grains.Tests.Partitions;

/// <summary>A Q-table with several partitions is to its callers what one with a single partition is.</summary>
public sealed class PartitionedTableTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int Count = 4;

    [Fact]
    public async Task A_client_is_answered_for_all_states()
    {
        var type = await PartitionedTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        for (var i = 0; i < 40; i++)
        {
            await client.LearnAsync(Given.Last($"s{i}", "a", i), WriteMode.WriteBehind);
        }

        await client.LearnAsync(Enumerable.Range(0, 40).Select(i => Given.Last($"s{i}", "b", 10 * i)), WriteMode.Durable);
        await client.UpsertAsync(Enumerable.Range(0, 40).Select(i => Given.Value($"t{i}", "c", i)), WriteMode.WriteBehind);
        await client.UpsertAsync([Given.Value("t0", "c", 77)], WriteMode.Durable);
        StateKey[] states = [.. Enumerable.Range(0, 40).Select(i => Given.State($"s{i}"))];
        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => (double?)i), (await client.GetBestActionsAsync(states)).Select(best => best?.QValue));
        Assert.All(await client.GetQValuesAsync(states), values => Assert.Equal(2, values.Length));
        Assert.Equal(7, (await client.GetBestActionAsync(Given.State("s7")))!.QValue);
        Assert.Equal(2, (await client.GetQValuesAsync(Given.State("s8"))).Length);
        Assert.Equal("b", (await client.SelectActionAsync(Given.State("s9"), explorationRate: 0)).Action.Key.ToString());
        Assert.Null(await client.GetBestActionAsync(Given.State("unknown")));
        await client.FlushAsync();
        var statistics = await client.GetStatisticsAsync();
        Assert.Equal(
            (Count, 80, 120, 121L, 0),
            (statistics.Partitions, statistics.States, statistics.QValues, statistics.Visits, statistics.Backlog));
        Assert.Equal(121, await type.VisitsAsync());
        Assert.Equal(Count, await silo.Database.QueryAsync<long>(
            $"select count(*) from q_table_owners where agent_type = '{type.Name}' and watermark > 0"));
    }

    [Fact]
    public async Task A_grain_refuses_what_it_does_not_own_and_says_how_many_partitions_there_are()
    {
        var type = await PartitionedTypeAsync();
        var state = Given.State("s1");
        var owner = TablePartition.IndexOf(state, Count);
        await Partition(type, owner).Learn(Given.Last("s1", "a", 10), WriteMode.WriteBehind);
        Assert.Equal(1, (await Partition(type, owner).GetBestAction(state))!.QValue);
        foreach (var other in Enumerable.Range(0, Count).Where(index => index != owner))
        {
            var refused = await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, other).GetBestAction(state));
            Assert.Equal(Count, refused.Partitions);
            await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, other).GetBestActions([state]));
            await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, other).SelectAction(Given.Select("s1", 0, "a")));
            await Assert.ThrowsAsync<NotOwnerException>(
                async () => await Partition(type, other).Learn(Given.Last("s1", "a", 1), WriteMode.WriteBehind));
            await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, other).RecordRewards([Late("s1", 1)]));
        }

        Assert.Equal(Count, (await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, 9).GetStatistics())).Partitions);
        Assert.Equal(1, (await Partition(type, owner).GetBestAction(state))!.VisitCount);
    }

    [Fact]
    public async Task A_batch_with_a_state_of_another_partition_is_refused_whole()
    {
        var type = await PartitionedTypeAsync();
        var states = Enumerable.Range(0, 20).Select(i => $"s{i}").ToLookup(state => TablePartition.IndexOf(Given.State(state), Count));
        Transition[] mixed = [Given.Last(states[0].First(), "a", 1), Given.Last(states[1].First(), "a", 1)];
        await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, 0).LearnMany(mixed, WriteMode.WriteBehind));
        await Assert.ThrowsAsync<NotOwnerException>(async () => await Partition(type, 1).LearnMany(mixed, WriteMode.WriteBehind));
        Assert.Equal(0, (await silo.Client.AgentType(type.Name).GetStatisticsAsync()).Visits);
        Assert.Single(await Partition(type, 1).LearnMany([mixed[1]], WriteMode.WriteBehind));
    }

    [Fact]
    public async Task Agents_reach_the_owner_of_each_state()
    {
        var type = await PartitionedTypeAsync();
        var agent = silo.Client.Agent(type.Name, "tg-1");
        for (var i = 0; i < 12; i++)
        {
            await agent.SelectActionAsync(State.FromKey($"s{i}"), [AgentAction.Named("a")]);
            await agent.ObserveAsync(1, State.FromKey($"s{i + 1}"), done: i == 11);
        }

        // The end of the episode makes all of it durable, whoever owns the states.
        Assert.Equal(12, await type.VisitsAsync());
    }

    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    [InlineData("expectedSarsa")]
    public async Task A_walk_is_learned_as_in_one_table(string rule)
    {
        var whole = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}"}""");
        var partitioned = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}", "partitions": {{Count}}}""");
        var several = silo.Client.AgentType(partitioned.Name);
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var step = Given.Step(
                $"s{random.Next(12)}", $"a{random.Next(3)}", random.Next(-5, 10), $"s{random.Next(12)}", $"a{random.Next(3)}");
            var expected = await whole.Grain.Learn(step, WriteMode.WriteBehind);
            var actual = await several.LearnAsync(step, WriteMode.WriteBehind);
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
        var client = silo.Client.AgentType(type.Name);
        Assert.False((await client.GetStatisticsAsync()).IsWhole);
        await client.LearnAsync(Given.Step("s1", "a", 0, "s2"), WriteMode.Durable);
        Assert.Equal(2, (await client.GetBestActionAsync(Given.State("s2")))!.QValue);
        Assert.Equal(2, (await client.GetQValuesAsync(Given.State("s1"))).Sum(value => value.VisitCount));
    }

    [Fact]
    public async Task Delayed_rewards_reach_the_owners_of_what_was_learned()
    {
        var type = await PartitionedTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.LearnAsync(Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10)), WriteMode.WriteBehind);
        DelayedReward[] late = [.. Enumerable.Range(0, 8).Select(i => Late($"s{i}", 50))];
        var results = await client.RecordRewardsAsync(late);
        Assert.All(results, result => Assert.Equal((6.0, 2), (result!.Value.QValue, result.Value.VisitCount)));
        Assert.All(await type.RowsAsync(), row => Assert.Equal((6.0, 2), (row.Value, row.Visits)));
        Assert.All(await client.RecordRewardsAsync(late), result => Assert.Null(result));
    }

    [Fact]
    public async Task Of_a_call_for_several_partitions_it_is_said_what_was_not_learned()
    {
        var type = await PartitionedTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.LearnAsync(Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10)), WriteMode.Durable);
        DelayedReward[] late = [.. Enumerable.Range(0, 8).Select(i => Late($"s{i}", 50)), Late("never", 1)];
        var error = await Assert.ThrowsAsync<PartlyLearnedException>(() => client.RecordRewardsAsync(late));
        var sameOwner = TablePartition.IndexOf(Given.State("never"), Count);
        int[] notLearned = [.. Enumerable.Range(0, 9)
            .Where(i => i == 8 || TablePartition.IndexOf(Given.State($"s{i}"), Count) == sameOwner)];
        Assert.Equal(notLearned, error.NotLearned);
        Assert.IsType<InvalidInputException>(error.InnerException);
        Assert.Equal(8 + 9 - notLearned.Length, await type.VisitsAsync());
    }

    [Fact]
    public async Task What_another_program_writes_reaches_the_owner()
    {
        var type = await PartitionedTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.LearnAsync(Enumerable.Range(0, 8).Select(i => Given.Last($"s{i}", "a", 10)), WriteMode.Durable);
        for (var i = 0; i < 8; i++)
        {
            await type.StoreAsync($"s{i}", "a", 100 + i);
        }

        for (var i = 0; i < 8; i++)
        {
            var (state, value) = (Given.State($"s{i}"), 100 + i);
            await Eventually.Holds(async () => (await client.GetBestActionAsync(state))!.QValue == value, $"{state} to be read again");
        }

        Assert.Equal(8, (await client.GetStatisticsAsync()).States);
    }

    private static DelayedReward Late(string state, double reward) =>
        new() { Id = Guid.NewGuid(), State = Given.State(state), Action = ActionKey.Parse("a"), Reward = reward };

    private IAgentTypeGrain Partition(TestAgentType type, int index) =>
        silo.Grains.GetGrain<IAgentTypeGrain>(new AgentTypeKey(type.Name, index).ToString());

    private Task<TestAgentType> PartitionedTypeAsync() => silo.AddAgentTypeAsync($$"""{"partitions": {{Count}}}""");
}
