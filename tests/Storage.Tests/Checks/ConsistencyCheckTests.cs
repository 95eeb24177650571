using Microsoft.Extensions.Time.Testing;
using QLearning.Storage.Checks;

namespace QLearning.Storage.Tests.Checks;

/// <summary>The check passes a database that agrees, and names what does not.</summary>
public sealed class ConsistencyCheckTests : DatabaseTest
{
    private const string Visits = "visit counts hold the learned rewards";

    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string, string> Breaks => new()
    {
        { "update agent_states set total_tasks = 3, successful_tasks = 3", "agent_states agree with the agents' trajectories" },
        { "update agent_states set total_reward = 5, avg_reward = 2.5", "agent_states agree with the agents' trajectories" },
        { "delete from agent_states", "agent_states agree with the agents' trajectories" },
        {
            "update agent_states set initialized_at = now() - interval '1 year', total_tasks = 1, successful_tasks = 1",
            "agent_states agree with the agents' trajectories"
        },
        { "update agent_states set failed_tasks = 1", "agent_states agree with themselves" },
        { "update agent_states set avg_reward = 9", "agent_states agree with themselves" },
        { "update sessions set task_count = 7", "sessions agree with their trajectories" },
        { "update sessions set total_reward = 0", "sessions agree with their trajectories" },
        { "update sessions set status = 'failed'", "sessions that run have no end" },
        { "update sessions set end_time = now() + interval '1 s'", "sessions that run have no end" },
        { "update trajectories set actions_taken = '[1]'", "trajectories agree with their steps" },
        { "update trajectories set states_visited = '7'", "trajectories agree with their steps" },
        { "update trajectories set step_rewards = '[1, 3]'", "trajectories agree with their steps" },
        { "update trajectories set step_rewards = '[\"x\", {\"r\": 1}]'", "trajectories agree with their steps" },
        { "update rewards set reward_value = 5", "rewards agree with their trajectories" },
        { "delete from rewards where reward_type = 'immediate'", "rewards agree with their trajectories" },
        { "update rewards set reward_type = 'immediate'", "rewards agree with their trajectories" },
        { "update q_values set visit_count = 1 where state_hash = 's'", Visits },
        { "update q_values set visit_count = 0 where state_hash = 'free'", "Q-values are in their ranges" },
        { "update q_values set confidence_score = 1.2", "Q-values are in their ranges" },
        { "update patterns set usage_count = 9", "patterns agree with themselves" },
        { "update patterns set confidence_score = -0.1", "patterns agree with themselves" },
    };

    public static TheoryData<string, string> ViewBreaks => new()
    {
        {
            "insert into sessions (agent_type, status, end_time) values ('quality-gate', 'failed', now())",
            "agent_performance_summary agrees with the tables"
        },
        { "update patterns set usage_count = 3, success_count = 3", "pattern_effectiveness agrees with the tables" },
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            insert into sessions (session_id, agent_type, task_count, total_reward)
            values ('00000000-0000-0000-0000-000000000001', 'test-generator', 2, 6);
            insert into agent_states (agent_type, agent_instance_id, total_tasks, successful_tasks, total_reward, avg_reward,
                                      current_exploration_rate, current_learning_rate)
            values ('test-generator', 'tg-1', 2, 2, 6, 3, 0.2, 0.1);
            insert into patterns (pattern_id, agent_type, pattern_name, pattern_type, pattern_data, usage_count, success_count,
                                  failure_count)
            values ('00000000-0000-0000-0000-00000000000a', 'test-generator', 'p', 't', '1', 3, 2, 1),
                   ('00000000-0000-0000-0000-00000000000b', 'test-generator', 'unused', 't', '1', 0, 0, 0);
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, visit_count, created_at) values
                ('test-generator', 's', '1', 'a', '1', 2, now() - interval '1 hour'),
                ('test-generator', 't', '1', 'a', '1', 2, now() - interval '1 hour'),
                ('test-generator', 'free', '1', 'a', '1', 5, now());
            insert into trajectories (agent_type, session_id, task_id, initial_state, final_state, actions_taken, states_visited,
                                      step_rewards, total_reward, discounted_reward, execution_time_ms, success, started_at, metadata)
            select 'test-generator', '00000000-0000-0000-0000-000000000001', 'task', '1', '1', '["a", "a"]', '["s", "t"]', '[1, 2]', 3, 2.9,
                   1, true, now(), '{"agent_instance": "tg-1", "patterns_used": ["00000000-0000-0000-0000-00000000000a"]}'
            from generate_series(1, 2);
            insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type, metadata)
            select 'test-generator', trajectory_id, x.state, 'a', x.reward, x.kind, '{"learned": true}'
            from trajectories, (values ('s', 1, 'immediate'), ('t', 2, 'terminal')) x (state, reward, kind)
            """);
    }

    [Fact]
    public async Task A_database_that_agrees_passes()
    {
        var results = await RunAsync();
        Assert.Equal(11, results.Count);
        Assert.All(results, result => Assert.Equal((0, 0), (result.Violations, result.Examples.Count)));
        Assert.All(results, result => Assert.True(result.Checked > 0, result.Name));
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task What_does_not_agree_is_named(string statement, string name)
    {
        await Database.ExecuteInAsync(statement);
        var wrong = (await RunAsync()).Where(result => result.Violations > 0).ToList();
        Assert.Contains(wrong, result => result.Name == name && result.Examples.Count > 0);
    }

    [Theory]
    [MemberData(nameof(ViewBreaks))]
    public async Task A_view_that_is_out_of_date_is_named_unless_it_is_refreshed(string statement, string name)
    {
        await RunAsync();
        await Database.ExecuteInAsync(
            statement.Replace("success_count = 3", "success_count = 3, failure_count = 0", StringComparison.Ordinal));
        Assert.Equal([name], (await RunAsync(refreshViews: false)).Where(result => result.Violations > 0).Select(result => result.Name));
        Assert.All(await RunAsync(), result => Assert.Equal(0, result.Violations));
    }

    [Fact]
    public async Task A_visit_that_is_flushed_a_moment_after_its_reward_is_no_violation()
    {
        await Database.ExecuteInAsync("update q_values set visit_count = 1 where state_hash = 's'");
        var check = new ConsistencyCheck(Database.DataSource, _time).RunAsync(refreshViews: true, 10, CancellationToken.None);
        await Eventually.Holds(
            async () =>
            {
                // Only once the check has looked and waits: its transaction is over.
                await Database.ExecuteInAsync("update q_values set visit_count = 2 where state_hash = 's'");
                _time.Advance(TimeSpan.FromSeconds(1));
                return check.IsCompleted;
            },
            "the check to look again");
        Assert.All(await check, result => Assert.Equal(0, result.Violations));
    }

    [Fact]
    public async Task Examples_are_few_and_violations_are_counted()
    {
        await Database.ExecuteInAsync("""
            insert into sessions (agent_type, task_count) select 'quality-gate', 1 from generate_series(1, 30)
            """);
        var result = Assert.Single(await RunAsync(), found => found.Violations > 0);
        Assert.Equal((30, 10, 31), (result.Violations, result.Examples.Count, result.Checked));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be()
    {
        await using var nowhere = Nowhere();
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new ConsistencyCheck(nowhere, TimeProvider.System).RunAsync(true, 10, CancellationToken.None));
    }

    private async Task<IReadOnlyList<CheckResult>> RunAsync(bool refreshViews = true)
    {
        var check = new ConsistencyCheck(Database.DataSource, _time).RunAsync(refreshViews, 10, CancellationToken.None);
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return check.IsCompleted;
            },
            "the check to end");
        return await check;
    }
}
