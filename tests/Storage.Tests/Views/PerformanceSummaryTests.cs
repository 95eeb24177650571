namespace QLearning.Storage.Tests.Views;

/// <summary>The sums and means of <c>agent_performance_summary</c>.</summary>
public sealed class PerformanceSummaryTests : DatabaseTest
{
    private const string Columns = """
        select total_sessions, total_trajectories, successful_trajectories, round(avg_reward, 4) as avg_reward, cumulative_reward,
               round(avg_execution_time_ms, 2) as ms, unique_patterns, round(avg_state_visits, 2) as visits,
               last_active = '2025-03-04' as last, active_instances
        from agent_performance_summary
        """;

    [Fact]
    public async Task Rows_of_one_table_do_not_multiply_those_of_another()
    {
        await FillAsync(trajectories: "(10, true, 100)");
        Assert.Equal(["3|1|1|10.0000|10.0000|100.00|2|4.00|true|2"], await SummaryAsync(Generator));
    }

    [Fact]
    public async Task Sums_and_means_are_taken_over_the_trajectories()
    {
        await FillAsync(trajectories: "(10, true, 100), (-4, false, 300), (1.5, true, 50)");
        Assert.Equal(["3|3|2|2.5000|7.5000|150.00|2|4.00|true|2"], await SummaryAsync(Generator));
    }

    [Fact]
    public async Task An_agent_type_that_did_nothing_has_a_row_of_zeros()
    {
        await FillAsync(trajectories: "(10, true, 100)");
        Assert.Equal(["0|0|0|null|0|null|0|null|null|0"], await SummaryAsync(Gate));
        Assert.Equal(18, await CountAsync("agent_performance_summary"));
    }

    private async Task<List<string>> SummaryAsync(string agentType)
    {
        await Database.ExecuteInAsync("select refresh_materialized_views()");
        return await RowsAsync($"{Columns} where agent_type = '{agentType}'");
    }

    private async Task FillAsync(string trajectories) => await Database.ExecuteInAsync($"""
        insert into sessions (agent_type) values ('test-generator'), ('test-generator'), ('test-generator');
        insert into patterns (agent_type, pattern_name, pattern_type, pattern_data)
        values ('test-generator', 'p', 't', '1'), ('test-generator', 'q', 't', '1');
        insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, visit_count)
        values ('test-generator', 's', '1', 'a', '1', 3), ('test-generator', 's', '1', 'b', '1', 5);
        insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, last_activity)
        values ('test-generator', '1', 0.2, 0.1, '2025-03-04'), ('test-generator', '2', 0.2, 0.1, '2025-03-03');
        insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                  total_reward, discounted_reward, execution_time_ms, success, started_at)
        select 'test-generator', 't', '1', '1', '[]', '[]', '[]', reward, 1, ms, success, now()
        from (values {trajectories}) as v (reward, success, ms)
        """);
}
