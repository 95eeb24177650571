namespace QLearning.Grains.Tests.Agents;

/// <summary>The episodes of an agent in a session belong to the session.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentSessionTests(SiloFixture silo)
{
    [Fact]
    public async Task Episodes_in_a_session_move_its_counters()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        Assert.Equal((AgentStatus.Active, session.Id), await StateAsync(agent.Grain.BeginSession(session.Id)));
        await agent.PlayAsync(10);
        Assert.Equal("active", await agent.RowAsync("status"));
        await agent.PlayAsync(-4);
        await silo.Agent(type, "another").PlayAsync(100);
        var grain = silo.Grains.GetGrain<ISessionGrain>(session.Id);
        Assert.Equal((2, 6.0), ((await grain.Get()).TaskCount, (await grain.Get()).TotalReward));
        Assert.Equal(2, await silo.Database.QueryAsync<long>($"select count(*) from rewards where session_id = '{session.Id}'"));

        Assert.Equal((AgentStatus.Idle, null), await StateAsync(agent.Grain.LeaveSession()));
        await agent.PlayAsync(1);
        Assert.Equal(2, (await grain.Get()).TaskCount);
    }

    [Fact]
    public async Task A_session_of_another_agent_type_is_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(await silo.AddAgentTypeAsync());
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration());
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.BeginSession(session.Id));
        Assert.Contains(type.Name, error.Message, StringComparison.Ordinal);
        Assert.Null((await agent.Grain.Get()).SessionId);
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await agent.Grain.BeginSession(Guid.NewGuid()));
    }

    [Fact]
    public async Task An_agent_is_in_one_session_at_a_time()
    {
        var type = await silo.AddAgentTypeAsync();
        var (first, second) = (await silo.StartSessionAsync(type), await silo.StartSessionAsync(type));
        var agent = silo.Agent(type);
        await agent.Grain.BeginSession(first.Id);
        await agent.Grain.BeginSession(first.Id);
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.BeginSession(second.Id));
        await silo.Grains.GetGrain<ISessionGrain>(first.Id).End(SessionStatus.Completed);
        Assert.Equal(second.Id, (await agent.Grain.BeginSession(second.Id)).SessionId);
    }

    [Fact]
    public async Task No_episode_begins_in_a_session_that_has_ended()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.BeginSession(session.Id);
        await silo.Grains.GetGrain<ISessionGrain>(session.Id).End(SessionStatus.Cancelled);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => agent.ActAsync("s", "a"));
        Assert.Contains("ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_does_not_begin_in_the_middle_of_an_episode()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var session = await silo.StartSessionAsync(type);
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.BeginSession(session.Id));
        await agent.EarnAsync(1, "end", done: true);
        await agent.Grain.BeginSession(session.Id);
    }

    [Fact]
    public async Task An_episode_whose_session_was_deleted_is_refused_once_and_the_agent_goes_on()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.BeginSession(session.Id);
        await agent.ActAsync("s", "a");
        await silo.Database.ExecuteInAsync($"delete from sessions where session_id = '{session.Id}'");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => agent.EarnAsync(1, "end", done: true));
        Assert.StartsWith($"The session '{session.Id}' is not allowed: it", error.Message, StringComparison.Ordinal);
        Assert.Contains("deleted", error.Message, StringComparison.Ordinal);
        Assert.Equal("0", await agent.RowAsync("total_tasks"));
        await agent.Grain.LeaveSession();
        agent.Renew();
        await agent.PlayAsync(1);
        Assert.Equal("1", await agent.RowAsync("total_tasks"));
    }

    [Fact]
    public async Task An_agent_that_is_busy_or_refused_starts_no_session()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var start = new SessionStart { AgentType = type.Name, Name = "mine" };
        await agent.ActAsync("s", "a");
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.StartSession(Guid.NewGuid(), start));
        Assert.Equal(0, await SessionsAsync(type));
        await agent.EarnAsync(1, "end", done: true);
        var id = Guid.NewGuid();
        var started = await agent.Grain.StartSession(id, start);
        Assert.Equal((id, "mine", SessionStatus.Active), (started.Id, started.Name, started.Status));
        Assert.Equal(id, (await agent.Grain.StartSession(id, start)).Id);
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.StartSession(Guid.NewGuid(), start));
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await silo.Agent(type, "tg-2").Grain.StartSession(Guid.NewGuid(), start with { Environment = string.Empty }));
        Assert.Equal((1, "none"), (await SessionsAsync(type), await silo.Agent(type, "tg-2").RowAsync("status")));
        Assert.Equal((AgentStatus.Active, id), await StateAsync(agent.Grain.Get()));
    }

    [Fact]
    public async Task An_agent_that_SQL_registers_after_it_was_found_missing_is_known()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await Assert.ThrowsAsync<UnknownSessionException>(async () => await agent.Grain.BeginSession(Guid.NewGuid()));
        await silo.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('{type.Name}', '{agent.Key.Instance}', 0.5, 0.1)
            """);
        Assert.Equal(0.5, (await agent.Grain.Get()).ExplorationRate);
    }

    [Fact]
    public async Task An_agent_that_cannot_be_registered_starts_no_session()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync($"update agent_types set learning_rate = 7 where agent_type = '{type.Name}'");
        var start = new SessionStart { AgentType = type.Name };
        await Assert.ThrowsAsync<InvalidInputException>(async () => await silo.Agent(type).Grain.StartSession(Guid.NewGuid(), start));
        Assert.Equal(0, await SessionsAsync(type));
    }

    private Task<long> SessionsAsync(TestAgentType type) =>
        silo.Database.QueryAsync<long>($"select count(*) from sessions where agent_type = '{type.Name}'");

    private static async Task<(AgentStatus Status, Guid? Session)> StateAsync(ValueTask<AgentInfo> call)
    {
        var info = await call;
        return (info.Status, info.SessionId);
    }
}
