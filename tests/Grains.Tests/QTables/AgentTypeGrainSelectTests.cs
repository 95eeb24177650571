namespace QLearning.Grains.Tests.QTables;

/// <summary>Selections follow the type's policy and tell their true propensity.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeGrainSelectTests(SiloFixture silo)
{
    private static readonly string[] _names = ["a", "b", "c", "d"];

    [Fact]
    public async Task Without_exploration_the_best_candidate_is_chosen()
    {
        var type = await LearnedTypeAsync();
        for (var i = 0; i < 20; i++)
        {
            var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 0, _names));
            Assert.Equal(("c", 3, false, 1), (chosen.Action.Key.ToString(), chosen.QValue, chosen.Explored, chosen.Propensity));
        }
    }

    [Fact]
    public async Task Of_many_candidates_and_many_learned_actions_the_best_candidate_is_chosen()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([.. Enumerable.Range(0, 500).Select(i => Given.Value("s", $"a{i}", i))], WriteMode.WriteBehind);
        string[] candidates = [.. Enumerable.Range(0, 300).Select(i => $"a{i}"), "new"];
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 0, candidates));
        Assert.Equal(("a299", 299), (chosen.Action.Key.ToString(), chosen.QValue));
        await type.Grain.UpsertMany([.. Enumerable.Range(0, 500).Select(i => Given.Value("s", $"a{i}", -1))], WriteMode.WriteBehind);
        Assert.Equal("new", (await type.Grain.SelectAction(Given.Select("s", rate: 0, candidates))).Action.Key.ToString());
    }

    [Fact]
    public async Task With_full_exploration_every_candidate_is_chosen_with_equal_propensity()
    {
        var type = await LearnedTypeAsync();
        var seen = new HashSet<string>();
        await Eventually.Holds(
            async () =>
            {
                var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 1, _names));
                Assert.Equal(0.25, chosen.Propensity);
                Assert.Equal(chosen.Action.Key.ToString() != "c", chosen.Explored);
                seen.Add(chosen.Action.Key.ToString());
                return seen.Count == _names.Length;
            },
            "each of four actions chosen once");
    }

    [Fact]
    public async Task Without_a_rate_of_the_agent_the_rate_of_the_type_holds()
    {
        // ε 0.2 over four candidates: 0.05 each, and 0.8 more for the best.
        var type = await LearnedTypeAsync();
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: null, _names));
        Assert.Equal(chosen.Action.Key.ToString() == "c" ? 0.85 : 0.05, chosen.Propensity, 12);
    }

    [Fact]
    public async Task Candidates_that_were_never_learned_count_as_zero()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(Given.Value("s", "bad", -1), WriteMode.WriteBehind);
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 0, "bad", "new", "newer"));
        Assert.NotEqual("bad", chosen.Action.Key.ToString());
        Assert.Equal((0, false, 0.5), (chosen.QValue, chosen.Explored, chosen.Propensity));
    }

    [Fact]
    public async Task Without_candidates_the_learned_actions_are_the_candidates()
    {
        var type = await LearnedTypeAsync();
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 0));
        Assert.Equal(("c", "\"c\""), (chosen.Action.Key.ToString(), chosen.Action.Json));
    }

    [Fact]
    public async Task An_action_that_is_not_a_candidate_is_not_chosen()
    {
        var type = await LearnedTypeAsync();
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 0, "a", "b"));
        Assert.Equal("b", chosen.Action.Key.ToString());
    }

    [Fact]
    public async Task A_candidate_known_by_its_key_comes_back_with_its_description()
    {
        var type = await silo.AddAgentTypeAsync();
        var described = AgentAction.FromJson("""{"run": "all"}""");
        await type.Grain.Upsert(new QValueUpsert(State.FromKey("s"), described, 1), WriteMode.WriteBehind);
        var chosen = await type.Grain.SelectAction(
            new SelectActionRequest { State = Given.State("s"), ExplorationRate = 0, Candidates = [new AgentAction(described.Key)] });
        Assert.Equal(described, chosen.Action);
    }

    [Fact]
    public async Task Greedy_types_never_explore()
    {
        var type = await LearnedTypeAsync("""{"explorationPolicy": "greedy"}""");
        var chosen = await type.Grain.SelectAction(Given.Select("s", rate: 1, _names));
        Assert.Equal(("c", 1), (chosen.Action.Key.ToString(), chosen.Propensity));
    }

    [Fact]
    public async Task Softmax_types_choose_in_proportion_to_the_power_of_the_Q_value()
    {
        var type = await silo.AddAgentTypeAsync("""{"explorationPolicy": "softmax", "temperature": 2}""");
        await type.Grain.Upsert(Given.Value("s", "three-times", 2 * Math.Log(3)), WriteMode.WriteBehind);
        var chosen = await type.Grain.SelectAction(Given.Select("s", null, "three-times", "once"));
        Assert.Equal(chosen.Action.Key.ToString() == "once" ? 0.25 : 0.75, chosen.Propensity, 9);
    }

    [Fact]
    public async Task Ucb1_types_try_what_was_never_tried()
    {
        var type = await LearnedTypeAsync("""{"explorationPolicy": "ucb1"}""");
        var chosen = await type.Grain.SelectAction(Given.Select("s", null, "a", "b", "c", "untried"));
        Assert.Equal(("untried", true, 1), (chosen.Action.Key.ToString(), chosen.Explored, chosen.Propensity));
    }

    [Fact]
    public async Task A_choice_from_nothing_is_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.SelectAction(Given.Select("s")));
        Assert.Contains("no candidates were given", error.Message, StringComparison.Ordinal);
    }

    private async Task<TestAgentType> LearnedTypeAsync(string metadata = "{}")
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        await type.Grain.UpsertMany([Given.Value("s", "a", 1), Given.Value("s", "b", 2), Given.Value("s", "c", 3)], WriteMode.WriteBehind);
        return type;
    }
}
