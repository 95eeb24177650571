namespace QLearning.Grains.Tests.Agents;

/// <summary>An agent has one row, with its type's settings or its own.</summary>
[Collection(SharedSilo.Name)]
public sealed class RegistrationTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, AgentRegistration?> Bad { get; } = new()
    {
        ["none"] = null,
        ["exploration rate above 1"] = new() { ExplorationRate = 1.01 },
        ["exploration rate NaN"] = new() { ExplorationRate = double.NaN },
        ["negative minimum"] = new() { MinExplorationRate = -0.1 },
        ["decay above 1"] = new() { ExplorationDecay = 2 },
        ["learning rate 0"] = new() { LearningRate = 0 },
        ["learning rate that the column would round to 0"] = new() { LearningRate = 0.00004 },
        ["learning rate above 1"] = new() { LearningRate = 1.5 },
    };

    [Fact]
    public async Task A_new_agent_has_the_settings_of_its_type()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var info = await agent.Grain.Register(new AgentRegistration());
        Assert.Equal((0.2, 0.1, AgentStatus.Idle, 0), (info.ExplorationRate, info.LearningRate, info.Status, info.TotalTasks));
        Assert.Equal(
            "idle|0.2|0.1|0|{}",
            await agent.RowAsync("status, current_exploration_rate, current_learning_rate, total_tasks, metadata"));
    }

    [Fact]
    public async Task A_refused_first_call_registers_no_agent()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.ActAsync("never learned"));
        await Assert.ThrowsAsync<EpisodeLostException>(() => agent.EarnAsync(1, "next"));
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.SelectAction(new AgentDecisionRequest
        {
            EpisodeId = agent.Episode,
            State = State.FromKey("s"),
            Candidates = [AgentAction.Named("a")],
            Step = 3,
        }));
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await agent.Grain.BeginSession(Guid.NewGuid()));
        Assert.Equal("none", await agent.RowAsync("status"));
        await agent.ActAsync("s", "a");
        Assert.Equal("0.2", await agent.RowAsync("current_exploration_rate"));
    }

    [Fact]
    public async Task An_agent_may_have_settings_of_its_own()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.Grain.Register(
            new AgentRegistration { ExplorationRate = 0.8, ExplorationDecay = 0.5, MinExplorationRate = 0.3, LearningRate = 0.5 });
        await agent.PlayAsync(10);
        Assert.Equal(5, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value);
        Assert.Equal("0.4|0.5", await agent.RowAsync("current_exploration_rate, current_learning_rate"));
        await agent.PlayAsync(10);
        Assert.Equal("0.3", await agent.RowAsync("current_exploration_rate"));
    }

    [Fact]
    public async Task A_second_agent_of_the_same_name_is_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration { ExplorationRate = 0.7 });
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.Register(new AgentRegistration()));
        Assert.Contains(agent.Key.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal("0.7", await agent.RowAsync("current_exploration_rate"));
    }

    [Fact]
    public async Task An_agent_that_acts_is_registered_by_that()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await Assert.ThrowsAsync<UnknownAgentException>(async () => await agent.Grain.Get());
        Assert.Equal("none", await agent.RowAsync("status"));
        await agent.ActAsync("s", "a");
        Assert.Equal("0|0.2", await agent.RowAsync("total_tasks, current_exploration_rate"));
        Assert.Equal(AgentStatus.Learning, (await agent.Grain.Get()).Status);
    }

    [Fact]
    public async Task An_agent_of_an_unknown_type_is_refused()
    {
        var grain = silo.Grains.GetGrain<IAgentGrain>("no-such-type/a");
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await grain.Register(new AgentRegistration()));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await grain.SelectAction(new AgentDecisionRequest
        {
            EpisodeId = Guid.NewGuid(),
            State = State.FromKey("s"),
            Candidates = [AgentAction.Named("a")],
        }));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_setting_that_is_not_allowed_is_refused(string flaw)
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.Register(Bad[flaw]!));
        Assert.Equal("none", await agent.RowAsync("status"));
    }
}
