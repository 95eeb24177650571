namespace QLearning.Storage.Tests.Views;

/// <summary>What <c>pattern_effectiveness</c> tells of each pattern.</summary>
public sealed class PatternEffectivenessTests : DatabaseTest
{
    private const string Used = "00000000-0000-0000-0000-00000000000a";
    private const string Unused = "00000000-0000-0000-0000-00000000000b";

    [Theory]
    [InlineData(3, 2, "0.6667")]
    [InlineData(7, 1, "0.1429")]
    [InlineData(5, 5, "1.0000")]
    [InlineData(4, 0, "0.0000")]
    [InlineData(0, 0, "0")]
    public async Task The_success_rate_has_4_digits_and_is_0_without_uses(int uses, int successes, string rate)
    {
        await AddPatternAsync(Used, uses, successes);
        Assert.Equal([rate], await ViewAsync("success_rate"));
    }

    [Fact]
    public async Task Trajectories_that_name_a_pattern_are_counted_with_their_mean_reward()
    {
        await AddPatternAsync(Used);
        await AddPatternAsync(Unused);
        await AddTrajectoriesAsync($$"""
            ('test-generator', '{"patterns_used": ["{{Used}}"]}', 4), ('test-generator', '{"patterns_used": ["x", "{{Used}}", "y"]}', 7)
            """);
        Assert.Equal(
            [$"{Used}|2|5.5000", $"{Unused}|0|null"],
            await ViewAsync("pattern_id, trajectories_using_pattern, round(avg_trajectory_reward, 4) as mean"));
    }

    [Fact]
    public async Task A_pattern_named_twice_in_a_trajectory_counts_once()
    {
        await AddPatternAsync(Used);
        await AddTrajectoriesAsync($$"""
            ('test-generator', '{"patterns_used": ["{{Used}}", "{{Used}}"]}', 4), ('test-generator', '{"patterns_used": ["{{Used}}"]}', 1)
            """);
        Assert.Equal(["2|2.5000"], await ViewAsync("trajectories_using_pattern, round(avg_trajectory_reward, 4) as mean"));
    }

    [Fact]
    public async Task Trajectories_of_other_agent_types_and_lists_that_are_none_do_not_count()
    {
        await AddPatternAsync(Used);
        await AddTrajectoriesAsync($$"""
            ('test-executor', '{"patterns_used": ["{{Used}}"]}', 1), ('test-generator', '{"patterns_used": "{{Used}}"}', 1),
            ('test-generator', '{"patterns_used": {"{{Used}}": 1} }', 1), ('test-generator', '["{{Used}}"]', 1),
            ('test-generator', '"{{Used}}"', 1),
            ('test-generator', '{"patterns_used": [null, 7, ["{{Used}}"]]}', 1), ('test-generator', '{}', 1), ('test-generator', null, 1)
            """);
        Assert.Equal(["0|null"], await ViewAsync("trajectories_using_pattern, avg_trajectory_reward"));
    }

    [Fact]
    public async Task Days_since_the_last_use_are_whole_ones_and_unknown_without_a_use()
    {
        await AddPatternAsync(Used);
        await AddPatternAsync(Unused);
        await Database.ExecuteInAsync($"update patterns set last_used = now() - interval '3 days 23 hours' where pattern_id = '{Used}'");
        Assert.Equal([$"{Used}|3", $"{Unused}|null"], await ViewAsync("pattern_id, days_since_used"));
    }

    [Fact]
    public async Task A_pattern_shows_its_own_numbers()
    {
        await AddPatternAsync(Used, uses: 3, successes: 2);
        Assert.Equal(["test-generator|" + Used + "|unit|3|2|1|1.2500|0.7000"], await ViewAsync(
            "agent_type, pattern_name, pattern_type, usage_count, success_count, failure_count, avg_reward, confidence_score"));
    }

    private async Task<List<string>> ViewAsync(string columns)
    {
        await Database.ExecuteInAsync("select refresh_materialized_views()");
        return await RowsAsync($"select {columns} from pattern_effectiveness order by pattern_id");
    }

    private async Task AddPatternAsync(string id, int uses = 0, int successes = 0) => await Database.ExecuteInAsync($"""
        insert into patterns (pattern_id, agent_type, pattern_name, pattern_type, pattern_data, usage_count, success_count, failure_count,
                              avg_reward, confidence_score)
        values ('{id}', 'test-generator', '{id}', 'unit', '1', {uses}, {successes}, {uses - successes}, 1.25, 0.7)
        """);

    private async Task AddTrajectoriesAsync(string values) => await Database.ExecuteInAsync($"""
        insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                  total_reward, discounted_reward, execution_time_ms, success, started_at, metadata)
        select type, 't', '1', '1', '[]', '[]', '[]', reward, 1, 1, true, now(), metadata::jsonb
        from (values {values}) as v (type, metadata, reward)
        """);
}
