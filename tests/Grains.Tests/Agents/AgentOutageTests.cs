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
}
