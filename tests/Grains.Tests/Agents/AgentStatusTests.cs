namespace QLearning.Grains.Tests.Agents;

/// <summary>Idle, active, learning, paused and error are states that an agent is really in.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentStatusTests(SiloFixture silo)
{
    [Fact]
    public async Task A_paused_agent_refuses_to_act_and_to_learn_until_it_is_resumed()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        Assert.Equal(AgentStatus.Paused, (await agent.Grain.Pause()).Status);
        Assert.Equal("paused", await agent.RowAsync("status"));
        var error = await Assert.ThrowsAsync<AgentStateException>(() => agent.EarnAsync(1, "t"));
        Assert.Contains("paused", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ActAsync("s", "a"));
        Assert.Empty(await type.Grain.GetQValues(Given.State("s")));
        Assert.Equal(AgentStatus.Learning, (await agent.Grain.Resume()).Status);
        await agent.EarnAsync(1, "end", done: true);
        Assert.Equal("idle|1", await agent.RowAsync("status, total_tasks"));
    }

    [Fact]
    public async Task An_agent_in_error_says_which_and_goes_on_when_it_is_resumed()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.ActAsync("s", "a");
        var info = await agent.Grain.ReportError("out of memory");
        Assert.Equal((AgentStatus.Error, "out of memory"), (info.Status, info.Error));
        var error = await Assert.ThrowsAsync<AgentStateException>(() => agent.ActAsync("s", "a"));
        Assert.Contains("out of memory", error.Message, StringComparison.Ordinal);
        Assert.Equal((AgentStatus.Idle, null), ((await agent.Grain.Resume()).Status, (await agent.Grain.Get()).Error));
        agent.Renew();
        await agent.PlayAsync(1);
        Assert.Equal("idle|{}", await agent.RowAsync("status, metadata"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task An_error_needs_a_text(string text)
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.Grain.Register(new AgentRegistration());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.ReportError(text));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.ReportError(new string('e', 1_001)));
        Assert.Equal("idle", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task A_long_episode_shows_in_SQL()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.ActAsync("s", "a");
        await Eventually.Holds(async () => await agent.RowAsync("status") == "learning", "the status to be stored");
        await agent.EarnAsync(1, "end", done: true);
        Assert.Equal("idle", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task An_agent_that_does_not_exist_cannot_be_paused()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await Assert.ThrowsAsync<UnknownAgentException>(async () => await agent.Grain.Pause());
        await Assert.ThrowsAsync<UnknownAgentException>(async () => await agent.Grain.Resume());
        await Assert.ThrowsAsync<UnknownAgentException>(async () => await agent.Grain.ReportError("e"));
        await Assert.ThrowsAsync<UnknownAgentException>(async () => await agent.Grain.LeaveSession());
        Assert.Equal("none", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task An_agent_whose_row_was_deleted_by_SQL_is_made_anew_by_its_next_episode()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(1);
        await silo.Database.ExecuteInAsync($"delete from agent_states where agent_type = '{type.Name}'");
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await agent.Grain.Get()) is UnknownAgentException, "the agent to be gone");
        await agent.PlayAsync(2);
        Assert.Equal("1|2.0000", await agent.RowAsync("total_tasks, total_reward"));
    }
}
