namespace QLearning.Client.Tests.Agents;

/// <summary>A step counts once, also when its report is refused after it was learned, or after a try that was not answered.</summary>
public sealed class AgentStepCountTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly AgentAction[] _actions = [AgentAction.Named("a")];
    private static readonly State _state = State.FromKey("s");

    [Theory]
    [InlineData("test-generator", "delete from sessions where session_id = '{0}'")]
    [InlineData("test-executor", "update sessions set total_reward = 99999999 where session_id = '{0}'")]
    public async Task A_last_step_whose_trajectory_is_refused_is_told_as_learned_and_counts_once(string type, string sql)
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var agent = client.Agent(type, "in-session");
        var session = await agent.BeginSessionAsync();
        await agent.SelectActionAsync(_state, _actions);
        await cluster.Database.ExecuteInAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, session.Id));
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => agent.ObserveAsync(10, _state, done: true));
        Assert.True(refused.IsLearned);
        Assert.Contains("was learned", refused.Message, StringComparison.Ordinal);
        for (var again = 0; again < 3; again++)
        {
            var error = await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(10, _state, done: true));
            Assert.Contains("no action that waits for its reward", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, await cluster.VisitsAsync(type));
        await agent.LeaveSessionAsync();
        await agent.SelectActionAsync(_state, _actions);
        Assert.Equal(2, (await agent.ObserveAsync(10, _state, done: true)).Learned!.Value.VisitCount);
    }

    [Fact]
    public async Task A_last_step_whose_row_is_refused_alone_is_told_as_learned_and_counts_once_when_it_is_stored()
    {
        const string Type = "quality-gate";
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent(Type, "refused");
        await agent.SelectActionAsync(_state, _actions);
        await cluster.Database.ExecuteInAsync($"alter table q_values add constraint no_gate check (agent_type <> '{Type}') not valid");
        for (var again = 0; again < 2; again++)
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => agent.ObserveAsync(10, _state, done: true));
            Assert.True(error.IsLearned);
        }

        await cluster.Database.ExecuteInAsync("alter table q_values drop constraint no_gate");
        await client.AgentType(Type).FlushAsync();
        Assert.Equal(1, (await agent.ObserveAsync(10, _state, done: true)).Ended!.Steps);
        Assert.Equal(1, await cluster.VisitsAsync(Type));
    }

    [Fact]
    public async Task A_step_that_was_learned_without_an_answer_counts_once_when_a_pause_refuses_its_next_report()
    {
        const string Type = "coverage-analyzer";
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var agent = client.Agent(Type, "paused");
        await LearnWithoutAnswerAsync(agent, Type);
        await agent.PauseAsync();
        var unknown = await Assert.ThrowsAsync<ClusterUnavailableException>(() => agent.ObserveAsync(1, _state));
        Assert.IsType<AgentStateException>(unknown.InnerException);
        Assert.Contains("may have been learned", unknown.Message, StringComparison.Ordinal);
        await agent.ResumeAsync();
        Assert.Equal(1, (await agent.ObserveAsync(1, _state)).Learned!.Value.VisitCount);
        await agent.SelectActionAsync(_state, _actions);
        Assert.Equal(2, (await agent.ObserveAsync(1, _state, done: true)).Ended!.Steps);
        Assert.Equal(2, await cluster.VisitsAsync(Type));
    }

    [Fact]
    public async Task Another_action_chosen_after_a_step_without_an_answer_learns_its_own_outcome()
    {
        const string Type = "flaky-test-hunter";
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var agent = client.Agent(Type, "another");
        await LearnWithoutAnswerAsync(agent, Type);
        var other = await agent.SelectActionAsync(_state, [AgentAction.Named("b")]);
        Assert.Equal("a", other.Replaced!.Value.Key.ToString());
        var result = await agent.ObserveAsync(5, _state, done: true);
        Assert.Equal((1, 5.0), (result.Learned!.Value.VisitCount, result.Ended!.TotalReward));
        Assert.Equal(2, await cluster.VisitsAsync(Type));
    }

    /// <summary>An agent's first step is learned durably; its caller gives up before the answer, and the silo is gone.</summary>
    private async Task LearnWithoutAnswerAsync(AgentClient agent, string type)
    {
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"writeMode": "durable"}' where agent_type = '{{type}}'""");
        await agent.SelectActionAsync(_state, _actions);
        var held = await HeldLock.OfFlushesAsync(cluster.Database, type);
        using (var impatience = new CancellationTokenSource())
        {
            var observing = agent.ObserveAsync(new AgentOutcome { Reward = 1, NextState = _state }, impatience.Token);
            await HeldLock.WaitedForAsync(cluster.Database, "the flush of the step waits");
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => observing);
        }

        await held.DisposeAsync();
        await Eventually.Holds(async () => await cluster.VisitsAsync(type) == 1, "the step is learned");
        await cluster.StopSiloAsync();
        await cluster.StartSiloAsync();
    }
}
