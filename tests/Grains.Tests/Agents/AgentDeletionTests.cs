namespace QLearning.Grains.Tests.Agents;

/// <summary>An agent goes with its history, and leaves what it learned to its type.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentDeletionTests(SiloFixture silo)
{
    [Fact]
    public async Task An_agent_goes_with_its_trajectories_and_rewards_and_its_session_no_longer_counts_them()
    {
        var type = await silo.AddAgentTypeAsync();
        var (agent, other) = (silo.Agent(type), silo.Agent(type, "other"));
        var session = await silo.StartSessionAsync(type);
        foreach (var one in new[] { agent, other })
        {
            await one.Grain.BeginSession(session.Id);
            await one.PlayAsync(3);
            await one.PlayAsync(4);
        }

        var client = silo.Client.Agent(type.Name, agent.Key.Instance);
        DeletedRows[] expected = [new("agent_states", 1), new("trajectories", 2), new("rewards", 2)];
        Assert.Equal(expected, await client.DeleteAsync(isDryRun: true));
        Assert.Equal(4, await agent.TrajectoriesAsync());
        Assert.Equal(expected, await client.DeleteAsync());
        Assert.Equal("none", await agent.RowAsync("status"));
        Assert.Equal(2, await agent.TrajectoriesAsync());
        Assert.Equal(2, await silo.Database.QueryAsync<long>($"select count(*) from rewards where agent_type = '{type.Name}'"));
        var after = await silo.Client.Sessions.GetAsync(session.Id);
        Assert.Equal((2, 7.0), (after.TaskCount, after.TotalReward));
        Assert.Equal(4, await type.VisitsAsync());
        await Assert.ThrowsAsync<UnknownAgentException>(() => client.GetAsync());
    }

    [Fact]
    public async Task An_episode_under_way_goes_too_and_the_name_begins_anew()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(1);
        await agent.ActAsync("s", "a");
        var client = silo.Client.Agent(type.Name, agent.Key.Instance);
        var deleted = await client.DeleteAsync();

        // Whoever did not hear the answer asks again.
        Assert.Equal(deleted, await client.DeleteAsync());
        await Assert.ThrowsAsync<EpisodeLostException>(() => agent.EarnAsync(1, "next"));
        agent.Renew();
        await agent.PlayAsync(5);
        Assert.Equal("1|5.0000", await agent.RowAsync("total_tasks, total_reward"));
        Assert.Equal(1, (await client.DeleteAsync()).Single(rows => rows.Table == "trajectories").Rows);
    }

    [Fact]
    public async Task An_earlier_deletion_is_not_the_answer_for_an_agent_that_came_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var (agent, other) = (silo.Agent(type), silo.Agent(type, "other"));
        await agent.PlayAsync(1);
        var client = silo.Client.Agent(type.Name, agent.Key.Instance);
        await client.DeleteAsync();
        await agent.PlayAsync(2);
        await other.PlayAsync(3);
        await silo.Database.ExecuteInAsync($"delete from agent_states where agent_type = '{type.Name}'");
        // An agent that is asked for itself, and is not there, forgets all.
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await other.Grain.Get()) is UnknownAgentException, "the change to be seen");

        await Assert.ThrowsAsync<UnknownAgentException>(() => client.DeleteAsync());
    }

    [Fact]
    public async Task An_unknown_agent_is_told()
    {
        var type = await silo.AddAgentTypeAsync();
        await Assert.ThrowsAsync<UnknownAgentException>(() => silo.Client.Agent(type.Name, "tg-2").DeleteAsync(isDryRun: true));
        await Assert.ThrowsAsync<UnknownAgentException>(() => silo.Client.Agent(type.Name, "tg-2").DeleteAsync());
    }
}
