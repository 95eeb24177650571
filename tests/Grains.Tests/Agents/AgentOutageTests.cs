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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_episode_goes_on_where_its_end_by_an_error_or_by_leaving_the_session_could_not_be_stored(bool isError)
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration());
        await agent.Grain.BeginSession(session.Id);
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(1, "t");
        silo.Proxy.Close();
        try
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(
                async () => await (isError ? agent.Grain.ReportError("broken") : agent.Grain.LeaveSession()));
        }
        finally
        {
            silo.Proxy.Open();
        }

        await agent.ActAsync("t", "a");
        Assert.Equal(2, (await agent.EarnAsync(1, "end", done: true)).Ended!.Steps);
        Assert.Equal(1, await agent.TrajectoriesAsync());
    }

    [Fact]
    public async Task Rates_whose_change_was_not_answered_are_read_again()
    {
        // Numbers are sent in binary and answered as text.
        const string Rate = "0.512345";
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.Grain.Register(new AgentRegistration());

        await LoseAnswerAsync(Rate, () => agent.Grain.ChangeRates(new AgentRegistration { ExplorationRate = 0.512345 }));

        Assert.Equal(Rate, await agent.RowAsync("current_exploration_rate"));
        await Eventually.Holds(
            async () => (await agent.Grain.Get()).ExplorationRate.Equals(0.512345), "the agent to have the rate of its row");
    }

    [Fact]
    public async Task An_agent_whose_registration_was_not_answered_is_known()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());

        await LoseAnswerAsync("0.612345", () => agent.Grain.Register(new AgentRegistration { ExplorationRate = 0.612345 }));

        Assert.Equal(0.612345, (await agent.Grain.Get()).ExplorationRate);
    }

    /// <summary>Cuts the connection when the answer to a call's statement is on its way.</summary>
    private async Task LoseAnswerAsync(string answer, Func<ValueTask<AgentInfo>> call)
    {
        silo.Proxy.Hang(from: answer);
        var calling = call().AsTask();
        await Eventually.Holds(() => silo.Proxy.Held.Contains(answer, StringComparison.Ordinal), "the answer to be on its way");
        silo.Proxy.Close();
        silo.Proxy.Open();
        Assert.True((await Assert.ThrowsAsync<StorageUnavailableException>(() => calling)).MayHaveTakenEffect);
    }
}
