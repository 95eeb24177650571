namespace QLearning.Grains.Tests.QTables;

/// <summary>Learning moves Q-values by the type's rule, in order, all or none.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeGrainLearnTests(SiloFixture silo)
{
    [Fact]
    public async Task One_update_of_Q_learning_moves_10_to_15_9()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany(
            [Given.Value("s", "a", 10), Given.Value("next", "b", 20), Given.Value("next", "c", 5)], WriteMode.WriteBehind);
        var result = await type.Grain.Learn(Given.Step("s", "a", 50, "next"), WriteMode.Durable);
        Assert.Equal((15.9, 59, 2), (Math.Round(result.QValue, 9), Math.Round(result.TdError, 9), result.VisitCount));
        Assert.Equal(15.9, (await type.Grain.GetBestAction(Given.State("s")))!.QValue, 9);
        Assert.Equal((15.9, 2), (await type.RowsAsync()).Where(row => row.State == "s").Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task The_last_step_of_an_episode_looks_no_further()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(Given.Value("next", "b", 20), WriteMode.WriteBehind);
        var result = await type.Grain.Learn(Given.Step("s", "a", 50, "next") with { Done = true }, WriteMode.WriteBehind);
        Assert.Equal(5, result.QValue, 9);
    }

    [Fact]
    public async Task Sarsa_looks_at_the_action_taken_next()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "sarsa"}""");
        await type.Grain.UpsertMany(
            [Given.Value("s", "a", 10), Given.Value("next", "b", 20), Given.Value("next", "c", 5)], WriteMode.WriteBehind);
        var result = await type.Grain.Learn(Given.Step("s", "a", 50, "next", nextAction: "c"), WriteMode.WriteBehind);
        Assert.Equal(10 + (0.1 * (50 + (0.95 * 5) - 10)), result.QValue, 9);
    }

    [Fact]
    public async Task Expected_Sarsa_looks_at_the_mean_over_the_policy()
    {
        // ε 0.2 over two actions: the best has 0.9, the other 0.1.
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "expectedSarsa"}""");
        await type.Grain.UpsertMany(
            [Given.Value("s", "a", 10), Given.Value("next", "b", 20), Given.Value("next", "c", 5)], WriteMode.WriteBehind);
        var result = await type.Grain.Learn(Given.Step("s", "a", 50, "next"), WriteMode.WriteBehind);
        Assert.Equal(10 + (0.1 * (50 + (0.95 * ((0.9 * 20) + (0.1 * 5))) - 10)), result.QValue, 9);
    }

    [Fact]
    public async Task Many_transitions_are_learned_in_the_order_given()
    {
        // The second step sees what the first one left: 0.1 · (0 + 0.95 · 10) = 0.95.
        var type = await silo.AddAgentTypeAsync();
        var results = await type.Grain.LearnMany(
            [Given.Last("end", "a", 100), Given.Step("start", "a", 0, "end"), Given.Last("end", "a", 100)], WriteMode.Durable);
        Assert.Equal([10, 0.95, 19], results.Select(result => Math.Round(result.QValue, 9)));
        Assert.Equal([1, 1, 2], results.Select(result => result.VisitCount));
        Assert.Equal([("end", 19, 2), ("start", 0.95, 1)], (await type.RowsAsync()).Select(row => (row.State, row.Value, row.Visits)));
    }

    [Fact]
    public async Task A_batch_with_one_bad_transition_learns_none()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "sarsa"}""");
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.LearnMany(
            [Given.Last("s", "a", 10), Given.Last("t", "b", 10), Given.Step("u", "c", 10, "t")], WriteMode.Durable));
        Assert.Contains("index 2", error.Message, StringComparison.Ordinal);
        await AssertOnlyFirstUpdateAsync(type);
    }

    [Fact]
    public async Task A_batch_that_would_leave_the_range_in_the_middle_stores_none()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync(
            $"update agent_types set learning_rate = 1, discount_factor = 1 where agent_type = '{type.Name}'");
        await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.LearnMany(
            [Given.Last("t", "b", 900_000), Given.Step("s", "a", 900_000, "t"), Given.Last("v", "c", 1)], WriteMode.Durable));
        await AssertOnlyFirstUpdateAsync(type);
    }

    [Fact]
    public async Task States_and_actions_are_stored_with_their_descriptions()
    {
        var type = await silo.AddAgentTypeAsync();
        var described = new Transition
        {
            State = State.FromJson("""{"coverage_gap": 30}"""),
            Action = AgentAction.FromJson("""{"run": "all"}"""),
            Reward = 1,
            Done = true,
        };
        var bare = described with { State = State.FromKey("a1b2c3d4"), Action = new AgentAction(ActionKey.Parse("bare")) };
        await type.Grain.LearnMany([described, bare], WriteMode.Durable);
        var rows = await type.RowsAsync();
        Assert.Contains(("""{"coverage_gap": 30}""", """{"run": "all"}"""), rows.Select(row => (row.StateJson, row.ActionJson)));
        Assert.Contains(("\"a1b2c3d4\"", "\"bare\""), rows.Select(row => (row.StateJson, row.ActionJson)));
        Assert.Contains(StateKey.FromJson("""{"coverage_gap":30}""").ToString(), rows.Select(row => row.State));
    }

    [Fact]
    public async Task An_inactive_type_answers_but_does_not_learn()
    {
        var type = await silo.AddAgentTypeAsync(isActive: false);
        await type.StoreAsync("s", "a", 7);
        var step = Given.Last("s", "a", 1);
        Func<Task>[] changes =
        [
            async () => await type.Grain.Learn(step, WriteMode.Durable),
            async () => await type.Grain.LearnMany([step], WriteMode.Durable),
            async () => await type.Grain.Upsert(Given.Value("s", "a", 1), WriteMode.Durable),
            async () => await type.Grain.UpsertMany([Given.Value("s", "a", 1)], WriteMode.Durable),
        ];
        foreach (var change in changes)
        {
            var error = await Assert.ThrowsAsync<InvalidInputException>(change);
            Assert.Contains("inactive", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(7, (await type.Grain.GetBestAction(Given.State("s")))!.QValue);
        Assert.Equal("a", (await type.Grain.SelectAction(Given.Select("s"))).Action.Key.ToString());
        Assert.Equal((7, 1), (await type.RowsAsync()).Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task An_empty_call_changes_nothing()
    {
        var type = await silo.AddAgentTypeAsync();
        Assert.Empty(await silo.Client.AgentType(type.Name).LearnAsync(Array.Empty<Transition>(), WriteMode.Durable));
        Assert.Empty(await silo.Client.AgentType(type.Name).UpsertAsync([], WriteMode.Durable));
        Assert.Equal((0, 0), ((await type.Grain.GetStatistics()).QValues, await type.WatermarkAsync()));
    }

    private static async Task AssertOnlyFirstUpdateAsync(TestAgentType type)
    {
        var statistics = await type.Grain.GetStatistics();
        Assert.Equal((1, 1, 1, 0), (statistics.QValues, statistics.Visits, statistics.Updates, statistics.Backlog));
        await type.Grain.Flush();
        Assert.Equal(("s", "a", 1), (await type.RowsAsync()).Select(row => (row.State, row.Action, row.Visits)).Single());
    }
}
