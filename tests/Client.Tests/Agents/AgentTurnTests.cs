namespace QLearning.Client.Tests.Agents;

/// <summary>An agent does one thing after another: calls that overlap are refused by name, and leave its episode as it was.</summary>
public sealed class AgentTurnTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly AgentAction[] _actions = [AgentAction.Named("a"), AgentAction.Named("b")];
    private static readonly State _state = State.FromKey("s");

    [Fact]
    public async Task Calls_that_overlap_are_refused_and_the_episode_goes_on()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("test-generator", "overlapping");
        await agent.SelectActionAsync(_state, _actions);
        var held = await HeldLock.OfFlushesAsync(cluster.Database, "test-generator");
        var observing = agent.ObserveAsync(1, _state, done: true);
        Func<Task>[] others =
        [
            () => agent.SelectActionAsync(_state, _actions),
            () => agent.ObserveAsync(1, _state),
            () => agent.BeginSessionAsync("mine"),
            () => agent.JoinSessionAsync(Guid.NewGuid()),
            () => agent.LeaveSessionAsync(),
            () => agent.EndSessionAsync(),
            () => agent.ReportErrorAsync("failed"),
            () => agent.DeleteAsync(),
            () =>
            {
                agent.BeginEpisode("another");
                return Task.CompletedTask;
            },
        ];
        foreach (var other in others)
        {
            var error = await Assert.ThrowsAsync<AgentStateException>(other);
            Assert.StartsWith(
                "The agent 'test-generator/overlapping' is still learning an outcome, and ", error.Message, StringComparison.Ordinal);
            Assert.Contains("one thing after another", error.Message, StringComparison.Ordinal);
        }

        // Calls of one agent are served in the order in which they come to it.
        await HeldLock.WaitedForAsync(cluster.Database, "the outcome to be learned and its flush to wait");
        var reading = agent.GetAsync();
        var counting = agent.DeleteAsync(isDryRun: true);
        await held.DisposeAsync();
        Assert.Equal(1, (await observing).Ended!.Steps);
        await reading;
        Assert.Contains(new DeletedRows("trajectories", 1), await counting);
        await agent.SelectActionAsync(_state, _actions);
        await agent.ObserveAsync(1, _state, done: true);
        Assert.Equal(2, (await agent.GetAsync()).TotalTasks);
        Assert.Empty(await client.Sessions.ListActiveAsync("test-generator"));
    }

    [Fact]
    public async Task An_agent_that_is_deleted_in_an_episode_begins_anew()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("performance-tester", "deleted");
        await agent.SelectActionAsync(_state, _actions);
        await agent.ObserveAsync(1, _state);
        await agent.DeleteAsync();
        await Assert.ThrowsAsync<UnknownAgentException>(() => agent.GetAsync());
        await agent.SelectActionAsync(_state, _actions);
        Assert.Equal(1, (await agent.ObserveAsync(1, _state, done: true)).Ended!.Steps);
    }

    [Fact]
    public async Task A_pause_may_come_at_any_time_and_costs_no_step()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var agent = client.Agent("coverage-analyzer", "watched");
        await agent.SelectActionAsync(_state, _actions);
        var observing = agent.ObserveAsync(1, _state, done: true);
        await agent.PauseAsync();
        var error = await Record.ExceptionAsync(() => observing);
        await agent.ResumeAsync();
        if (error is not null)
        {
            // The agent's grain took the pause first.
            Assert.IsType<AgentStateException>(error);
            await agent.ObserveAsync(1, _state, done: true);
        }

        Assert.Equal((1, 1), ((await agent.GetAsync()).TotalTasks, await cluster.VisitsAsync("coverage-analyzer")));
    }

    [Fact]
    public async Task Many_calls_at_once_are_answered_or_refused_and_never_break_the_agent()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("test-executor", "hurried");
        var calls = Enumerable.Range(0, 400).Select(i => Task.Run(() => (i % 5) switch
        {
            0 or 1 => agent.SelectActionAsync(_state, _actions),
            2 => agent.ObserveAsync(1, _state),
            3 => agent.ObserveAsync(1, _state, truncated: true),
            _ => BeginAsync(agent),
        })).ToArray();
        foreach (var call in calls)
        {
            var error = await Record.ExceptionAsync(() => call);
            Assert.True(error is null or QLearningException, error?.ToString());
        }

        agent.BeginEpisode("calm");
        await agent.SelectActionAsync(_state, _actions);
        Assert.Equal(1, (await agent.ObserveAsync(1, _state, done: true)).Ended!.Steps);
    }

    [Fact]
    public async Task A_call_that_failed_or_was_cancelled_is_over()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("visual-tester", "cancelled");
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => agent.SelectActionAsync(_state, _actions, cancel.Token));
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.SelectActionAsync(default, _actions));
        await Assert.ThrowsAsync<ArgumentNullException>(() => agent.ObserveAsync(null!));
        await agent.SelectActionAsync(_state, _actions);
        await agent.ObserveAsync(1, _state, done: true);
    }

    [Fact]
    public async Task An_action_chosen_again_replaces_the_first_and_says_so()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("security-scanner", "undecided");
        Assert.Null((await agent.SelectActionAsync(_state, [_actions[0]])).Replaced);
        Assert.Equal(_actions[0], (await agent.SelectActionAsync(_state, [_actions[1]])).Replaced);
        await agent.ObserveAsync(1, _state);
        Assert.Null((await agent.SelectActionAsync(_state, [_actions[0]])).Replaced);
        agent.BeginEpisode();
        Assert.Null((await agent.SelectActionAsync(_state, [_actions[0]])).Replaced);
        Assert.Equal([_actions[1].Key], (await client.AgentType("security-scanner").GetQValuesAsync(_state.Key)).Select(q => q.Action));
    }

    [Fact]
    public async Task An_outcome_that_names_another_action_or_state_is_refused_and_the_right_one_counts_once()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("security-scanner", "mistaken");
        var state = State.FromKey("mistaken");
        await agent.SelectActionAsync(state, [_actions[1]]);
        var right = new AgentOutcome
        {
            Reward = 1,
            NextState = _state,
            Action = _actions[1].Key,
            ActionState = state.Key,
        };
        foreach (var wrong in new[]
        {
            right with { Action = _actions[0].Key },
            right with { ActionState = StateKey.Parse("elsewhere") },
            right with { Action = default(ActionKey) },
        })
        {
            var refused = await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(wrong));
            Assert.Contains($"'{_actions[1].Key}'", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAndSelectAsync(wrong, _actions));
        }

        Assert.Empty(await client.AgentType("security-scanner").GetQValuesAsync(state.Key));
        Assert.Equal(1, (await agent.ObserveAsync(right)).Learned!.Value.VisitCount);
    }

    [Fact]
    public async Task A_busy_agent_begins_no_session()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("chaos-engineer", "busy");
        await agent.SelectActionAsync(_state, _actions);
        await Assert.ThrowsAsync<AgentStateException>(() => agent.BeginSessionAsync("first"));
        Assert.Empty(await client.Sessions.ListActiveAsync("chaos-engineer"));
        await agent.ObserveAsync(1, _state, done: true);
        var session = await agent.BeginSessionAsync("second");
        await Assert.ThrowsAsync<AgentStateException>(() => agent.BeginSessionAsync("third"));
        Assert.Equal([session], await client.Sessions.ListActiveAsync("chaos-engineer"));
        await agent.EndSessionAsync();
    }

    [Fact]
    public async Task An_episode_that_was_cut_outlives_its_silo_and_is_durable_when_it_ends()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var type = client.AgentType("quality-gate");
        await type.UpsertAsync([Given.Value("t", "a", 100)], WriteMode.Durable);
        var agent = client.Agent("quality-gate", "cut");
        await agent.SelectActionAsync(_state, [_actions[0]]);
        await cluster.StopSiloAsync();
        await cluster.StartSiloAsync();
        var result = await agent.ObserveAsync(1, State.FromKey("t"), truncated: true);
        Assert.Equal((9.6, 1), (Math.Round(result.Learned!.Value.QValue, 9), result.Ended!.Steps));
        Assert.Equal(2, await cluster.VisitsAsync("quality-gate"));
        var stored = Assert.Single((await type.GetRecentTrajectoriesAsync()).Trajectories);
        Assert.Equal((result.Ended.TrajectoryId, true), (stored.Id, stored.Truncated));
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(1, _state));
    }

    private static Task BeginAsync(AgentClient agent)
    {
        agent.BeginEpisode();
        return Task.CompletedTask;
    }
}
