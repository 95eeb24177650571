using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QLearning.Client.Tests.Agents;

/// <summary>An outcome and the next choice in one call.</summary>
public sealed class AgentStepTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly AgentAction[] _actions = [AgentAction.Named("a")];

    [Fact]
    public async Task An_episode_of_combined_steps_is_learned_and_stored_as_one_of_separate_calls()
    {
        await using var client = await cluster.ConnectAsync();
        await PlayAsync(client.Agent("test-generator", "combined"), "combined", 4);
        var separate = client.Agent("coverage-analyzer", "separate");
        for (var step = 0; step < 4; step++)
        {
            await separate.SelectActionAsync(State.FromKey($"s{step}"), _actions);
            await separate.ObserveAsync(step, State.FromKey($"s{step + 1}"), done: step == 3);
        }

        Assert.Equal(await StoredAsync("coverage-analyzer"), await StoredAsync("test-generator"));
        Assert.Equal(4, await cluster.VisitsAsync("test-generator"));
    }

    [Fact]
    public async Task SARSA_learns_the_outcome_with_the_next_choice()
    {
        await cluster.Database.ExecuteInAsync(
            """update agent_types set metadata = '{"learningRule": "sarsa"}' where agent_type = 'quality-gate'""");
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("quality-gate", "qg-1");
        await agent.SelectActionAsync(State.FromKey("s0"), _actions);

        var step = await agent.ObserveAndSelectAsync(Outcome(1, "s1"), _actions);

        Assert.Null(step.Observed.Learned);
        Assert.Equal("a", step.Selected!.Action.Key.ToString());
        await agent.ObserveAsync(2, State.FromKey("end"), done: true);
        await client.AgentType("quality-gate").FlushAsync();
        Assert.Equal(2, await cluster.VisitsAsync("quality-gate"));
    }

    [Fact]
    public async Task A_choice_that_cannot_be_made_is_told_and_the_outcome_counts_once()
    {
        await using var client = await cluster.ConnectAsync();
        var agent = client.Agent("flaky-test-hunter", "f-1");
        await agent.SelectActionAsync(State.FromKey("s0"), _actions);

        // Nothing was learned in the next state, and there are no candidates.
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.ObserveAndSelectAsync(Outcome(1, "unknown")));
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.ObserveAndSelectAsync(Outcome(1, "unknown")));

        Assert.NotNull((await agent.ObserveAndSelectAsync(Outcome(1, "unknown"), _actions)).Selected);
        // An equal outcome of the step after it is another one.
        Assert.Equal(1, (await agent.ObserveAndSelectAsync(Outcome(1, "unknown"), _actions)).Observed.Learned!.Value.VisitCount);
        Assert.Null((await agent.ObserveAndSelectAsync(Outcome(2, "end") with { Done = true }, _actions)).Selected);
        Assert.Equal(3, await cluster.VisitsAsync("flaky-test-hunter"));
    }

    [Fact]
    public async Task A_choice_that_cannot_be_made_leaves_the_outcome_that_SARSA_learns_with_the_next_one()
    {
        const string Type = "chaos-engineer";
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "sarsa"}' where agent_type = '{{Type}}'""");
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        var agent = client.Agent(Type, "c-1");
        await agent.SelectActionAsync(State.FromKey("s0"), _actions);
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.ObserveAndSelectAsync(Outcome(1, "unknown")));

        // The outcome is reported, so it is not the last one any more.
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ObserveAsync(1, State.FromKey("unknown"), done: true));
        Assert.NotNull((await agent.ObserveAndSelectAsync(Outcome(1, "unknown"), _actions)).Selected);

        var ended = (await agent.ObserveAsync(2, State.FromKey("end"), done: true)).Ended!;
        Assert.Equal((2, 3.0, 1), (ended.Steps, ended.TotalReward, ended.Agent.TotalTasks));
        Assert.Equal(2, await cluster.VisitsAsync(Type));
    }

    [Fact]
    public async Task Without_an_action_that_waits_for_its_reward_nothing_is_learned()
    {
        await using var client = await cluster.ConnectAsync();
        await Assert.ThrowsAsync<AgentStateException>(
            () => client.Agent("visual-tester", "vt-1").ObserveAndSelectAsync(Outcome(1, "s1"), _actions));
        Assert.Equal(0, await cluster.VisitsAsync("visual-tester"));
    }

    [Theory]
    [InlineData("performance-tester", "qLearning")]
    [InlineData("security-scanner", "sarsa")]
    public async Task An_episode_of_combined_steps_outlives_the_silo_that_had_it(string type, string rule)
    {
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "{{rule}}"}' where agent_type = '{{type}}'""");
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        var agent = client.Agent(type, "a-1");
        await agent.SelectActionAsync(State.FromKey("s0"), _actions);
        await agent.ObserveAndSelectAsync(Outcome(1, "s1"), _actions);
        await cluster.StopSiloAsync();
        await cluster.StartSiloAsync();
        await agent.ObserveAndSelectAsync(Outcome(2, "s2"), _actions);
        var ended = (await agent.ObserveAndSelectAsync(Outcome(3, "end") with { Done = true })).Observed.Ended!;

        Assert.Equal((3, 6.0), (ended.Steps, ended.TotalReward));
        Assert.Equal(3, await cluster.VisitsAsync(type));
    }

    [Fact]
    public async Task With_silos_that_are_older_a_step_is_two_calls()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddQLearningClient(options => options.ConnectionString = cluster.Database.ConnectionString);
        builder.Services.AddSingleton<IOutgoingGrainCallFilter, OlderSilos>();
        using var host = builder.Build();
        await host.StartAsync();

        await PlayAsync(host.Services.GetRequiredService<IQLearningClient>().Agent("test-executor", "te-1"), "older", 3);

        Assert.Equal(3, await cluster.VisitsAsync("test-executor"));
        await host.StopAsync();
    }

    private static AgentOutcome Outcome(double reward, string next) => new() { Reward = reward, NextState = State.FromKey(next) };

    private static async Task PlayAsync(AgentClient agent, string task, int steps)
    {
        agent.BeginEpisode(task);
        var choice = await agent.SelectActionAsync(State.FromKey("s0"), _actions);
        for (var step = 0; choice is not null; step++)
        {
            Assert.Equal("a", choice.Action.Key.ToString());
            var outcome = Outcome(step, $"s{step + 1}") with { Done = step == steps - 1 };
            choice = (await agent.ObserveAndSelectAsync(outcome, _actions)).Selected;
        }
    }

    private Task<string> StoredAsync(string type) => cluster.Database.QueryAsync<string>($"""
        select string_agg(concat_ws(' ', state_hash, action_hash, q_value, visit_count), ',' order by state_hash) || ' '
               || (select concat_ws('|', states_visited, actions_taken, step_rewards, final_state, total_reward)
                   from trajectories where agent_type = '{type}')
        from q_values where agent_type = '{type}'
        """);

    /// <summary>Answers as Orleans does for a silo that does not know a method.</summary>
    private sealed class OlderSilos : IOutgoingGrainCallFilter
    {
        public Task Invoke(IOutgoingGrainCallContext context) => context.MethodName == nameof(IAgentGrain.ObserveAndSelect)
            ? throw new TypeLoadException("Unable to resolve type alias")
            : context.Invoke();
    }
}
