namespace QLearning.Client.Tests.Agents;

/// <summary>An agent's life through the client.</summary>
public sealed class AgentClientTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly AgentAction[] _actions = [AgentAction.Named("a"), AgentAction.Named("b")];

    [Fact]
    public async Task An_agent_registers_works_in_a_session_and_ends_it()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var agent = client.Agent("test-generator", "tg-1");
        Assert.Same(agent, client.Agent("test-generator", "tg-1"));
        await agent.RegisterAsync(new AgentRegistration { ExplorationRate = 0 });
        // It has never acted, so it is in none.
        Assert.Null(await agent.EndSessionAsync());
        var session = await agent.BeginSessionAsync("nightly", "ci");
        agent.BeginEpisode("task-7");
        await agent.SelectActionAsync(State.FromKey("s"), _actions);
        var step = await agent.ObserveAsync(10, State.FromKey("t"));
        Assert.Equal((1.0, null), (step.Learned!.Value.QValue, step.Ended));
        await agent.SelectActionAsync(State.FromKey("t"), _actions);
        var ended = (await agent.ObserveAsync(20, State.FromKey("end"), done: true)).Ended!;
        Assert.Equal((2, 30.0, 1), (ended.Steps, ended.TotalReward, ended.Agent.TotalTasks));
        var finished = (await agent.EndSessionAsync())!;
        Assert.Equal(
            (session.Id, SessionStatus.Completed, 1, 30.0), (finished.Id, finished.Status, finished.TaskCount, finished.TotalReward));
        Assert.Null(await agent.EndSessionAsync());
        var page = await client.AgentType("test-generator").GetTrajectoriesAsync(
            new TrajectoryQuery { AgentType = "other", SessionId = session.Id });
        Assert.Equal(("task-7", ended.TrajectoryId), (Assert.Single(page.Trajectories).TaskId, page.Trajectories[0].Id));
        Assert.Equal(AgentStatus.Idle, (await agent.GetAsync()).Status);
    }

    [Fact]
    public async Task An_episode_outlives_the_silo_that_had_it()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var agent = client.Agent("test-executor", "te-1");
        agent.BeginEpisode("long task");
        await agent.SelectActionAsync(State.FromKey("s"), _actions);
        await agent.ObserveAsync(10, State.FromKey("t"));
        await RestartAsync();
        await agent.SelectActionAsync(State.FromKey("t"), _actions);
        await RestartAsync();
        var ended = (await agent.ObserveAsync(5, State.FromKey("end"), done: true)).Ended!;
        Assert.Equal((2, 15.0), (ended.Steps, ended.TotalReward));
        var stored = Assert.Single((await client.AgentType("test-executor").GetRecentTrajectoriesAsync()).Trajectories);
        Assert.Equal(("long task", "[10, 5]"), (stored.TaskId, stored.StepRewardsJson));
        Assert.Equal(2, await cluster.VisitsAsync("test-executor"));
    }

    [Fact]
    public async Task A_SARSA_episode_outlives_its_silo_too()
    {
        await cluster.Database.ExecuteInAsync(
            """update agent_types set metadata = '{"learningRule": "sarsa"}' where agent_type = 'quality-gate'""");
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var agent = client.Agent("quality-gate", "qg-1");
        await agent.SelectActionAsync(State.FromKey("s"), _actions);
        Assert.Null((await agent.ObserveAsync(10, State.FromKey("t"))).Learned);
        await RestartAsync();
        await agent.SelectActionAsync(State.FromKey("t"), _actions);
        await agent.ObserveAsync(5, State.FromKey("end"), done: true);
        Assert.Equal(2, await cluster.VisitsAsync("quality-gate"));
    }

    [Fact]
    public async Task An_agent_is_paused_fails_and_goes_on()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var agent = client.Agent("visual-tester", "vt-1");
        await agent.SelectActionAsync(State.FromKey("s"), _actions);
        await agent.PauseAsync();
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(1, State.FromKey("t")));
        await agent.ResumeAsync();
        await agent.ObserveAsync(1, State.FromKey("t"));
        Assert.Equal(AgentStatus.Error, (await agent.ReportErrorAsync("no display")).Status);
        await Assert.ThrowsAsync<AgentStateException>(() => agent.SelectActionAsync(State.FromKey("t"), _actions));
        await agent.ResumeAsync();
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(1, State.FromKey("t")));
        await agent.SelectActionAsync(State.FromKey("t"), _actions);
        await agent.ObserveAsync(1, State.FromKey("end"), done: true);
        Assert.Equal(1, (await agent.GetAsync()).TotalTasks);
    }

    [Fact]
    public async Task Sessions_are_started_listed_and_ended()
    {
        await using var client = await cluster.ConnectAsync();
        var session = await client.Sessions.StartAsync("security-scanner", "weekly");
        Assert.Equal([session], await client.Sessions.ListActiveAsync("security-scanner"));
        var one = client.Agent("security-scanner", "one");
        var two = client.Agent("security-scanner", "two");
        await Task.WhenAll(PlayAsync(one, session.Id), PlayAsync(two, session.Id));
        var ended = await client.Sessions.EndAsync(session.Id, SessionStatus.Failed);
        Assert.Equal((2, 8.0, SessionStatus.Failed), (ended.TaskCount, ended.TotalReward, ended.Status));
        Assert.Empty(await client.Sessions.ListActiveAsync("security-scanner"));
        Assert.Equal(ended, await client.Sessions.GetAsync(session.Id));
        Assert.Equal(["one", "two"], (await client.AgentType("security-scanner").GetAgentsAsync()).Select(agent => agent.Instance));
    }

    [Fact]
    public async Task Late_rewards_are_learned_and_stored()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("chaos-engineer");
        await type.LearnAsync(Given.Last("s", "a", 10));
        var late = new DelayedReward { State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = 20 };
        Assert.Equal(3, Assert.Single(await type.RecordRewardsAsync([late]))!.Value.QValue, 9);
        Assert.Null(Assert.Single(await type.RecordRewardsAsync([late])));
    }

    private static async Task PlayAsync(AgentClient agent, Guid session)
    {
        await agent.JoinSessionAsync(session);
        await agent.SelectActionAsync(State.FromKey("s"), _actions);
        await agent.ObserveAsync(4, State.FromKey("end"), done: true);
        await agent.LeaveSessionAsync();
    }

    private async Task RestartAsync()
    {
        await cluster.StopSiloAsync();
        await cluster.StartSiloAsync();
    }
}
