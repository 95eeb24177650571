namespace QLearning.Grains.Tests.QTables;

/// <summary>A choice with a seed can be repeated, by every policy that has a choice.</summary>
[Collection(SharedSilo.Name)]
public sealed class SeededChoiceTests(SiloFixture silo)
{
    private static readonly string[] _actions = [.. Enumerable.Range(0, 10).Select(i => $"a{i}")];

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"explorationPolicy":"softmax"}""")]
    public async Task The_same_seed_gives_the_same_action_and_others_give_others(string metadata)
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        var client = silo.Client.AgentType(type.Name);
        var first = await ChosenAsync(client, _actions);
        Assert.Equal(first, await ChosenAsync(client, _actions));
        Assert.True(first.Distinct().Count() > 5, string.Join(' ', first));

        // Whatever other agents choose in between, and also after a restart of the grain.
        await type.TakeAwayAsync();
        await client.LearnAsync(Given.Last("other", "a", 1), WriteMode.Durable);
        Assert.Equal(first, await ChosenAsync(client, _actions));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_of_the_learned_actions_in_whatever_order_they_were_learned()
    {
        var (type, other) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        foreach (var action in _actions)
        {
            await type.Grain.Upsert(Given.Value("s", action, 1), WriteMode.WriteBehind);
        }

        foreach (var action in _actions.Reverse())
        {
            await other.Grain.Upsert(Given.Value("s", action, 1), WriteMode.WriteBehind);
        }

        var first = await ChosenAsync(silo.Client.AgentType(type.Name), []);
        Assert.True(first.Distinct().Count() > 5, string.Join(' ', first));
        Assert.Equal(first, await ChosenAsync(silo.Client.AgentType(other.Name), []));
    }

    [Fact]
    public async Task An_agent_chooses_by_a_seed_too()
    {
        var type = await silo.AddAgentTypeAsync();
        var (one, other) = (silo.Client.Agent(type.Name, "one"), silo.Client.Agent(type.Name, "other"));
        foreach (var agent in new[] { one, other })
        {
            await agent.RegisterAsync(new AgentRegistration { ExplorationRate = 1 });
        }

        var chosen = new List<ActionKey>();
        for (var seed = 0; seed < 30; seed++)
        {
            var choice = await one.SelectActionAsync(State.FromKey("s"), _actions.Select(AgentAction.Named), seed);
            chosen.Add(choice.Action.Key);
            Assert.Equal(choice, await other.SelectActionAsync(State.FromKey("s"), _actions.Select(AgentAction.Named), seed));
        }

        Assert.True(chosen.Distinct().Count() > 5);
    }

    private static async Task<ActionKey[]> ChosenAsync(Client.AgentTypeClient client, string[] candidates)
    {
        var chosen = new List<ActionKey>();
        for (var seed = 0; seed < 30; seed++)
        {
            var choice = await client.SelectActionAsync(Given.Select("s", 1, candidates) with { Seed = seed });
            chosen.Add(choice.Action.Key);
        }

        return [.. chosen];
    }
}
