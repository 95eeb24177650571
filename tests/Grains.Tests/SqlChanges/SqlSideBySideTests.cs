namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>Programs that write through SQL and agents that learn through grains see each other.</summary>
[Collection(SharedSilo.Name)]
public sealed class SqlSideBySideTests(SiloFixture silo)
{
    [Fact]
    public async Task A_write_through_SQL_is_seen_by_the_grain_and_learning_goes_on_from_it()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        await type.StoreAsync("s", "a", 50);
        await SeesAsync(type, "s", "a 50 2");
        await type.StoreAsync("s", "b", 70);
        await SeesAsync(type, "s", "b 70 1,a 50 2");
        Assert.Equal(55, (await type.Grain.Learn(Given.Last("s", "a", 100), WriteMode.Durable)).QValue);
        Assert.Equal([(55.0, 3), (70.0, 1)], (await type.RowsAsync()).Select(row => (row.Value, row.Visits)));
    }

    [Fact]
    public async Task A_count_of_visits_below_0_counts_as_0_and_the_next_update_stores_1()
    {
        var type = await silo.AddAgentTypeAsync(metadata: """{"explorationPolicy": "ucb1"}""");
        await silo.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
            values ('{type.Name}', 's', '1', 'known', '1', 5, 9), ('{type.Name}', 's', '1', 'odd', '1', 5, -3)
            """);
        var agent = silo.Agent(type);
        Assert.Equal("odd", (await agent.ActAsync("s", "known", "odd")).Selected.Action.Key.ToString());
        await agent.EarnAsync(10, "end", done: true);
        await Eventually.Holds(
            async () => (await type.RowsAsync()).Select(row => row.Visits).SequenceEqual([9, 1]), "the count to be stored");
    }

    [Fact]
    public async Task A_state_that_only_SQL_wrote_has_the_actions_description()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        await silo.Database.ExecuteInAsync($$"""
            select upsert_q_value('{{type.Name}}', 'new', '1', 'a9', '{"parallel": 4}', 3)
            """);
        await SeesAsync(type, "new", "a9 3 1");
        Assert.Equal("""{"parallel": 4}""", (await type.Grain.GetBestAction(Given.State("new")))!.Json);
    }

    [Fact]
    public async Task What_SQL_deletes_leaves_memory_and_starts_over()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s", "a", 1), Given.Value("s", "b", 2)], WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"delete from q_values where agent_type = '{type.Name}' and action_hash = 'b'");
        await SeesAsync(type, "s", "a 1 1");
        await type.Grain.UpsertMany([Given.Value("s", "b", 5)], WriteMode.Durable);
        Assert.Equal([(1.0, 1), (5.0, 1)], (await type.RowsAsync()).Select(row => (row.Value, row.Visits)));
    }

    [Fact]
    public async Task A_bulk_write_and_a_truncation_are_seen()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s1", "a", -1)], WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select '{type.Name}', 's' || i, '1', 'bulk', '"bulk"', i from generate_series(1, 3000) i
            """);
        await SeesAsync(type, "s1", "bulk 1 1,a -1 1");
        await SeesAsync(type, "s3000", "bulk 3000 1");
        await silo.Database.ExecuteInAsync($"delete from q_values where agent_type = '{type.Name}'");
        await SeesAsync(type, "s1", string.Empty);
        // Read again in slices, this one among the first.
        await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Visits == 0, "all rows to be gone");
    }

    [Fact]
    public async Task A_table_larger_than_the_hot_limit_sees_writes_too()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 20000}""");
        await LargeTables.FillAsync(silo.Database, type, 20_100);
        Assert.False((await type.Grain.GetStatistics()).IsWhole);
        await SeesAsync(type, "s5", "a 5 1");
        await type.StoreAsync("s5", "a", 500);
        await SeesAsync(type, "s5", "a 500 2");
        await silo.Database.ExecuteInAsync($"update q_values set q_value = q_value + 1 where agent_type = '{type.Name}'");
        await SeesAsync(type, "s5", "a 501 2");
        await SeesAsync(type, "s77", "a 78 1");
    }

    [Fact]
    public async Task While_SQL_and_agents_write_the_same_state_no_update_of_an_agent_is_lost()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "mine", 1), WriteMode.Durable);
        var sql = Task.Run(async () =>
        {
            for (var i = 1; i <= 200; i++)
            {
                await type.StoreAsync("s", "theirs", i);
            }
        });
        var learned = 1;
        while (!sql.IsCompleted)
        {
            await type.Grain.Learn(Given.Last("s", "mine", 1), learned % 5 == 0 ? WriteMode.Durable : WriteMode.WriteBehind);
            learned++;
        }

        await sql;
        await type.Grain.Flush();
        await Eventually.Holds(
            async () => (await type.Grain.GetQValues(Given.State("s"))).Any(value => value is { Value: 200, VisitCount: 200 }),
            "the last write to be seen");
        Assert.Equal([("mine", learned), ("theirs", 200)], (await type.RowsAsync()).Select(row => (row.Action, row.Visits)));
        Assert.Equal(learned + 200, (await type.Grain.GetStatistics()).Visits);
    }

    [Fact]
    public async Task What_agents_learn_is_seen_by_the_SQL_functions()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s", "a", 1), Given.Value("s", "b", 2)], WriteMode.Durable);
        Assert.Equal("\"b\"", await silo.Database.QueryAsync<string>($"select action_data::text from get_best_action('{type.Name}', 's')"));
    }

    private static Task SeesAsync(TestAgentType type, string state, string expected) => Eventually.Holds(
        async () => string.Join(',', (await type.Grain.GetQValues(Given.State(state)))
            .Select(value => FormattableString.Invariant($"{value.Action} {value.Value} {value.VisitCount}"))) == expected,
        $"the grain to see {expected} in {state}");
}
