namespace QLearning.Grains.Tests.Agents;

/// <summary>An agent's rates are changed and reset while it runs.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentRatesTests(SiloFixture silo)
{
    private const string Rates = "current_exploration_rate::float8, current_learning_rate::float8, metadata";

    [Fact]
    public async Task Changed_rates_hold_from_the_next_step_on_and_after_a_restart_of_the_agent()
    {
        var (agent, client) = await ActingAsync();
        var changed = await client.ChangeRatesAsync(
            new AgentRegistration { ExplorationRate = 0.5, LearningRate = 1, ExplorationDecay = 0.5, MinExplorationRate = 0.3 });
        Assert.Equal((0.5, 1.0), (changed.ExplorationRate, changed.LearningRate));
        await agent.PlayAsync(10, "s2");
        Assert.Equal(
            """0.3|1|{"learningRate": 1, "explorationDecay": 0.5, "minExplorationRate": 0.3}""", await agent.RowAsync(Rates));
        Assert.Equal(10, (await silo.Client.AgentType(agent.Key.AgentType).GetBestActionAsync(Given.State("s2")))!.QValue);
    }

    [Fact]
    public async Task What_is_not_named_stays()
    {
        var (agent, client) = await ActingAsync();
        await client.ChangeRatesAsync(new AgentRegistration { MinExplorationRate = 0.1 });
        await client.ChangeRatesAsync(new AgentRegistration { LearningRate = 0.00015 });
        Assert.Equal("""0.199|0.00015|{"learningRate": 0.00015, "minExplorationRate": 0.1}""", await agent.RowAsync(Rates));
    }

    [Fact]
    public async Task Reset_rates_are_those_of_the_type()
    {
        var (agent, client) = await ActingAsync();
        await client.ChangeRatesAsync(new AgentRegistration { ExplorationRate = 0, LearningRate = 1, ExplorationDecay = 0 });
        var reset = await client.ResetRatesAsync();
        Assert.Equal((0.2, 0.1), (reset.ExplorationRate, reset.LearningRate));
        Assert.Equal("0.2|0.1|{}", await agent.RowAsync(Rates));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_learning_rate_of_the_type_stays_the_types_when_other_rates_are_changed_or_reset(bool isReset)
    {
        var (agent, client) = await ActingAsync();
        await SetTypeAsync(agent, 0.2);
        await Eventually.Holds(
            async () => (isReset ? await client.ResetRatesAsync() : await client.ChangeRatesAsync(new() { ExplorationRate = 0.5 }))
                .LearningRate.Equals(0.2),
            "the type's rate to be shown");
        Assert.Equal((isReset ? "0.2" : "0.5") + "|0.2|{}", await agent.RowAsync(Rates));
        await SetTypeAsync(agent, 0.3);
        await Eventually.Holds(
            async () =>
            {
                await agent.PlayAsync(10, Guid.NewGuid().ToString("N"));
                return await agent.RowAsync("current_learning_rate::float8, metadata") == "0.3|{}";
            },
            "the type's new rate to be learned with");
    }

    [Fact]
    public async Task Rates_that_are_not_allowed_change_nothing_and_an_unknown_agent_has_none()
    {
        var (agent, client) = await ActingAsync();
        var before = await agent.RowAsync(Rates);
        await Assert.ThrowsAsync<InvalidInputException>(
            () => client.ChangeRatesAsync(new AgentRegistration { LearningRate = 1, ExplorationRate = 2 }));
        Assert.Equal(before, await agent.RowAsync(Rates));
        var unknown = silo.Client.Agent(agent.Key.AgentType, "unknown");
        await Assert.ThrowsAsync<UnknownAgentException>(() => unknown.ChangeRatesAsync(new AgentRegistration()));
        await Assert.ThrowsAsync<UnknownAgentException>(() => unknown.ResetRatesAsync());
    }

    private Task<int> SetTypeAsync(TestAgent agent, double learningRate) => silo.Database.ExecuteInAsync(FormattableString.Invariant(
        $"update agent_types set learning_rate = {learningRate} where agent_type = '{agent.Key.AgentType}'"));

    private async Task<(TestAgent Agent, Client.AgentClient Client)> ActingAsync()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.PlayAsync(1);
        return (agent, silo.Client.Agent(agent.Key.AgentType, agent.Key.Instance));
    }
}
