namespace QLearning.Grains.Tests.Agents;

/// <summary>The agents of a type are listed however many there are.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentListTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, AgentQuery?> Bad { get; } = new()
    {
        ["none"] = null,
        ["no agent type"] = new() { AgentType = string.Empty },
        ["limit 0"] = new() { AgentType = "t", Limit = 0 },
        ["limit 1001"] = new() { AgentType = "t", Limit = 1001 },
        ["prefix too long"] = new() { AgentType = "t", Prefix = new string('x', 101) },
        ["place with NUL"] = new() { AgentType = "t", After = "\0" },
        ["unknown status"] = new() { AgentType = "t", Status = (AgentStatus)9 },
    };

    [Fact]
    public async Task All_of_1500_agents_are_listed_page_by_page()
    {
        var type = await silo.AddAgentTypeAsync();
        await AddAgentsAsync(type, 1500);
        var agents = silo.Client.AgentType(type.Name);
        Assert.Equal(1000, (await agents.GetAgentsAsync()).Length);
        var all = await Pages.AllAsync<AgentInfo, string>(400, async after =>
        {
            var page = await agents.GetAgentsAsync(new AgentQuery { AgentType = "another", Limit = 400, After = after });
            return (page.Agents, page.Next);
        });
        Assert.Equal(Enumerable.Range(1, 1500).Select(i => $"agent-{i:0000}"), all.Select(agent => agent.Instance));
    }

    [Fact]
    public async Task Names_that_are_longer_to_NET_than_to_SQL_end_no_page()
    {
        var type = await silo.AddAgentTypeAsync();
        await AddAgentsAsync(type, 2);
        await silo.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('{type.Name}', 'agent-0001' || repeat('🚀', 90), 0.2, 0.1)
            """);
        var agents = silo.Client.AgentType(type.Name);
        var all = await Pages.AllAsync<AgentInfo, string>(1, async after =>
        {
            var page = await agents.GetAgentsAsync(new AgentQuery { AgentType = type.Name, Limit = 1, After = after });
            return (page.Agents, page.Next);
        });
        Assert.Equal(3, all.Select(agent => agent.Instance).Distinct().Count());
    }

    [Fact]
    public async Task Agents_are_found_by_the_beginning_of_their_name_and_by_status()
    {
        var type = await silo.AddAgentTypeAsync();
        await AddAgentsAsync(type, 20);
        await silo.Agent(type, "agent-0007").Grain.Pause();
        var agents = silo.Client.AgentType(type.Name);
        var tens = await agents.GetAgentsAsync(new AgentQuery { AgentType = type.Name, Prefix = "agent-001", Limit = 1000 });
        Assert.Equal(10, tens.Agents.Count);
        var paused = await agents.GetAgentsAsync(new AgentQuery { AgentType = type.Name, Status = AgentStatus.Paused });
        Assert.Equal(["agent-0007"], paused.Agents.Select(agent => agent.Instance));
        Assert.Null(paused.Next);
    }

    [Fact]
    public async Task A_mistyped_agent_type_is_told() => await Assert.ThrowsAsync<UnknownAgentTypeException>(
        () => silo.Client.AgentType("test-genrator").GetAgentsAsync(new AgentQuery { AgentType = "test-genrator" }));

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_query_that_is_not_allowed_is_refused(string flaw) => await Assert.ThrowsAsync<InvalidInputException>(
        async () => await silo.Grains.GetGrain<IHistoryGrain>(0).ListAgents(Bad[flaw]!));

    private async Task AddAgentsAsync(TestAgentType type, int count) => await silo.Database.ExecuteInAsync($"""
        insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
        select '{type.Name}', 'agent-' || lpad(i::text, 4, '0'), 0.2, 0.1 from generate_series(1, {count}) i
        """);
}
