using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QLearning.Client.Tests.Agents;

/// <summary>What an agent's client does after a call whose answer it did not get.</summary>
public sealed class AgentRepetitionTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly AgentAction[] _actions = [AgentAction.Named("a")];
    private static readonly State _state = State.FromKey("s");
    private static readonly State _next = State.FromKey("t");

    [Theory]
    [InlineData("test-generator", "qLearning", false)]
    [InlineData("test-executor", "sarsa", false)]
    [InlineData("visual-tester", "sarsa", true)]
    public async Task A_step_that_is_reported_again_as_the_last_ends_its_episode(string type, string rule, bool isDone)
    {
        await using var caller = await CallerAsync(type, rule);
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAnswerAsync(token => caller.Agent.ObserveAsync(1, _next, cancellationToken: token));

        var result = await caller.Agent.ObserveAsync(1, _next, done: isDone, truncated: !isDone);

        Assert.Equal((1, 1.0), (result.Ended!.Steps, result.Ended.TotalReward));
        Assert.Equal(0.1, result.Learned!.Value.QValue, 9);
        Assert.Equal((1, 1, 1), (await cluster.VisitsAsync(type), await TrajectoriesAsync(type), result.Ended.Agent.TotalTasks));
        await caller.Agent.SelectActionAsync(_state, _actions);
        Assert.Equal(1, (await caller.Agent.ObserveAsync(1, _next, done: true)).Ended!.Steps);
    }

    [Theory]
    [InlineData("coverage-analyzer", 2, "t", false)]
    [InlineData("security-scanner", 1, "u", false)]
    [InlineData("performance-tester", 1, "t", true)]
    public async Task A_step_that_is_reported_again_otherwise_is_refused_and_stays_as_it_was(
        string type, double reward, string next, bool isDone)
    {
        await using var caller = await CallerAsync(type, "qLearning");
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAnswerAsync(token => caller.Agent.ObserveAsync(1, _next, cancellationToken: token));

        var refused = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => caller.Agent.ObserveAsync(reward, State.FromKey(next), done: isDone));

        Assert.IsType<AgentStateException>(refused.InnerException);
        Assert.Contains("reward 1 and the next state 't'", refused.Message, StringComparison.Ordinal);
        Assert.Null((await caller.Agent.ObserveAsync(1, _next)).Ended);
        await caller.Agent.SelectActionAsync(_next, _actions);
        Assert.Equal((2, 3.0), Of((await caller.Agent.ObserveAsync(2, _state, done: true)).Ended!));
        Assert.Equal((2, 1), (await cluster.VisitsAsync(type), await TrajectoriesAsync(type)));
    }

    [Fact]
    public async Task An_end_that_is_reported_again_as_a_step_that_goes_on_is_refused()
    {
        const string Type = "quality-gate";
        await using var caller = await CallerAsync(Type, "qLearning");
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAnswerAsync(token => caller.Agent.ObserveAsync(1, _next, truncated: true, cancellationToken: token));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => caller.Agent.ObserveAsync(1, _next));
        Assert.Equal(1, (await caller.Agent.ObserveAsync(1, _next, truncated: true)).Ended!.Steps);
        await caller.Agent.SelectActionAsync(_next, _actions);
        Assert.Equal((1, 5.0), Of((await caller.Agent.ObserveAsync(5, _state, done: true)).Ended!));
        Assert.Equal((2, 2), (await cluster.VisitsAsync(Type), await TrajectoriesAsync(Type)));
    }

    [Fact]
    public async Task A_reward_is_not_learned_for_a_choice_whose_answer_was_lost()
    {
        const string Type = "flaky-test-hunter";
        await using var caller = await CallerAsync(Type, "qLearning");
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAnswerAsync(token => caller.Agent.SelectActionAsync(_state, [AgentAction.Named("b")], token));

        var refused = await Assert.ThrowsAsync<AgentStateException>(() => caller.Agent.ObserveAsync(1, _next));

        Assert.Contains("the action 'a'", refused.Message, StringComparison.Ordinal);
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.Agent.ObserveAsync(1, _next, done: true);
        Assert.Equal("a 1", await cluster.Database.QueryAsync<string>(
            $"select string_agg(action_hash || ' ' || visit_count, ',') from q_values where agent_type = '{Type}'"));
    }

    [Fact]
    public async Task A_choice_leaves_the_number_of_an_outcome_that_may_have_been_learned()
    {
        await using var caller = await CallerAsync("chaos-engineer", "qLearning");
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAsync(token => caller.Agent.ObserveAsync(1, _next, cancellationToken: token));
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.LoseAnswerAsync(token => caller.Agent.ObserveAsync(1, _next, cancellationToken: token));
        await Assert.ThrowsAsync<AgentStateException>(() => caller.Agent.SelectActionAsync(_next, _actions));
        Assert.Equal(1, (await caller.Agent.ObserveAsync(1, _next)).Learned!.Value.VisitCount);

        Assert.Equal(3, caller.Calls.Numbers.Count);
        Assert.Single(caller.Calls.Numbers.Distinct());
        await caller.Agent.SelectActionAsync(_next, _actions);
        await caller.Agent.ObserveAsync(1, _state, done: true);
        Assert.Equal(2, caller.Calls.Numbers.Distinct().Count());
        Assert.Equal(2, await cluster.VisitsAsync("chaos-engineer"));
    }

    [Fact]
    public async Task What_SARSA_learned_with_a_choice_whose_answer_was_lost_counts_once_when_another_is_made()
    {
        const string Type = "deployment-readiness";
        await using var caller = await CallerAsync(Type, "sarsa");
        await caller.Agent.SelectActionAsync(_state, _actions);
        await caller.Agent.ObserveAsync(1, _next);
        await caller.LoseAnswerAsync(token => caller.Agent.SelectActionAsync(_next, _actions, token));

        Assert.Equal("b", (await caller.Agent.SelectActionAsync(_next, [AgentAction.Named("b")])).Action.Key.ToString());

        await caller.Agent.ObserveAsync(2, _state, done: true);
        Assert.Equal("s a 1,t b 1", await cluster.Database.QueryAsync<string>($"""
            select string_agg(concat_ws(' ', state_hash, action_hash, visit_count), ',' order by state_hash)
            from q_values where agent_type = '{Type}'
            """));
    }

    private static (int Steps, double Reward) Of(EpisodeSummary ended) => (ended.Steps, ended.TotalReward);

    private Task<long> TrajectoriesAsync(string type) =>
        cluster.Database.QueryAsync<long>($"select count(*) from trajectories where agent_type = '{type}'");

    private async Task<Caller> CallerAsync(string type, string rule)
    {
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "{{rule}}"}' where agent_type = '{{type}}'""");
        var builder = Host.CreateApplicationBuilder();
        // Only the answers that a test loses are lost.
        builder.Services.AddQLearningClient(options =>
            (options.ConnectionString, options.ResponseTimeout) = (cluster.Database.ConnectionString, TimeSpan.FromMinutes(1)));
        var calls = new LossyCalls();
        builder.Services.AddSingleton<IOutgoingGrainCallFilter>(calls);
        var host = builder.Build();
        await host.StartAsync();
        return new Caller(host, calls, host.Services.GetRequiredService<IQLearningClient>().Agent(type, "lossy"));
    }

    private sealed record Caller(IHost Host, LossyCalls Calls, AgentClient Agent) : IAsyncDisposable
    {
        /// <summary>Cancels a call that has taken effect.</summary>
        public Task LoseAnswerAsync(Func<CancellationToken, Task> call) => CancelAsync(call, isDone: true);

        /// <summary>Cancels a call before it is sent.</summary>
        public Task LoseAsync(Func<CancellationToken, Task> call) => CancelAsync(call, isDone: false);

        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            Host.Dispose();
        }

        private async Task CancelAsync(Func<CancellationToken, Task> call, bool isDone)
        {
            using var cancel = new CancellationTokenSource();
            Calls.Lost = (cancel, isDone);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(cancel.Token));
        }
    }

    /// <summary>Loses an agent's next call, and notes the numbers of its outcomes.</summary>
    private sealed class LossyCalls : IOutgoingGrainCallFilter
    {
        public (CancellationTokenSource Cancel, bool IsDone)? Lost { get; set; }

        public List<long> Numbers { get; } = [];

        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            var isOutcome = context.MethodName is nameof(IAgentGrain.Observe);
            if (isOutcome)
            {
                Numbers.Add(((Observation)context.Request.GetArgument(0)!).Update.Number);
            }

            if (Lost is { } lost && (isOutcome || context.MethodName is nameof(IAgentGrain.SelectAction)))
            {
                Lost = null;
                if (lost.IsDone)
                {
                    await context.Invoke();
                }

                await lost.Cancel.CancelAsync();
                lost.Cancel.Token.ThrowIfCancellationRequested();
            }

            await context.Invoke();
        }
    }
}
