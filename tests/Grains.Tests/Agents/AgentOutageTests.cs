namespace QLearning.Grains.Tests.Agents;

/// <summary>An agent learns on while PostgreSQL is away, and an episode that ends then is stored when it is back, once.</summary>
public sealed class AgentOutageTests(ProxiedSilo silo) : IClassFixture<ProxiedSilo>
{
    [Fact]
    public async Task An_episode_that_ends_in_an_outage_is_stored_on_return()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        silo.Proxy.Close();
        var last = agent.Outcome(5, "end", done: true);
        var end = agent.Grain.Observe(last).AsTask();
        Assert.Equal(0, await agent.TrajectoriesAsync());
        Assert.False(end.IsCompleted);
        silo.Proxy.Open();
        Assert.Equal(5, (await end).Ended!.TotalReward);
        Assert.Equal(await end, await agent.Grain.Observe(last));
        Assert.Equal("1|5.0000", await agent.RowAsync("total_tasks, total_reward"));
        Assert.Equal(1, await type.VisitsAsync());
    }

    [Fact]
    public async Task Rates_whose_change_was_not_answered_are_read_again()
    {
        const string Mark = "only in what PostgreSQL answers";
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.Grain.Register(new AgentRegistration());
        await silo.Database.ExecuteInAsync($$"""
            update agent_states set current_exploration_rate = 0.25, metadata = '{"note": "{{Mark}}"}'
            where agent_type = '{{agent.Key.AgentType}}'
            """);
        await Eventually.Holds(async () => (await agent.Grain.Get()).ExplorationRate.Equals(0.25), "what SQL wrote to be followed");
        silo.Proxy.Hang(from: Mark);
        var changing = agent.Grain.ChangeRates(new AgentRegistration { ExplorationRate = 0.5 }).AsTask();
        await Eventually.Holds(() => silo.Proxy.Held.Contains(Mark, StringComparison.Ordinal), "the answer to be on its way");

        silo.Proxy.Close();
        silo.Proxy.Open();

        Assert.True((await Assert.ThrowsAsync<StorageUnavailableException>(() => changing)).MayHaveTakenEffect);
        Assert.Equal("0.5", await agent.RowAsync("current_exploration_rate"));
        await Eventually.Holds(async () => (await agent.Grain.Get()).ExplorationRate.Equals(0.5), "the agent to have the rate of its row");
    }
}
