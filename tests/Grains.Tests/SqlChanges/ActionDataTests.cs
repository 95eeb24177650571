using System.Globalization;

namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>The JSON of an action belongs to its row, in grains as in SQL.</summary>
[Collection(SharedSilo.Name)]
public sealed class ActionDataTests(SiloFixture silo)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_that_describe_one_key_differently_are_answered_each_with_their_own(bool isHot)
    {
        var type = await silo.AddAgentTypeAsync();
        if (isHot)
        {
            await type.Grain.GetStatistics();
        }

        await silo.Database.ExecuteInAsync($$"""
            select upsert_q_value('{{type.Name}}', 's1', '1', 'kk', '{"v": 1}', 3);
            select upsert_q_value('{{type.Name}}', 's2', '1', 'kk', '{"v": 2}', 3)
            """);
        await SeesAsync(type, "s1", """{"v": 1}""");
        await SeesAsync(type, "s2", """{"v": 2}""");
        await type.Grain.Learn(Given.Last("s2", "kk", 1), WriteMode.Durable);
        Assert.Equal(
            ["""{"v": 1}""", """{"v": 2}"""], (await type.RowsAsync()).Select(row => row.ActionJson));
        Assert.Equal(1, (await type.Grain.GetStatistics()).Actions);
    }

    [Fact]
    public async Task A_row_that_SQL_describes_anew_reaches_the_hot_grain()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s1", "kk", 3), Given.Value("s2", "kk", 3)], WriteMode.Durable);
        await silo.Database.ExecuteInAsync($$"""
            update q_values set action_data = '{"new": true}' where agent_type = '{{type.Name}}' and state_hash = 's1'
            """);
        await SeesAsync(type, "s1", """{"new": true}""");
        await SeesAsync(type, "s2", "\"kk\"");
        Assert.Equal("""{"new": true}""", (await type.Grain.SelectAction(Given.Select("s1", 0))).Action.Json);
    }

    [Fact]
    public async Task What_a_caller_gives_is_stored_for_that_state()
    {
        var type = await silo.AddAgentTypeAsync();
        var key = ActionKey.Parse("kk");
        await type.Grain.UpsertMany(
            [
                new QValueUpsert(State.FromKey("s1"), new AgentAction(key, """{"v":1}"""), 1),
                new QValueUpsert(State.FromKey("s2"), new AgentAction(key, """{"v":2}"""), 1),
            ],
            WriteMode.Durable);
        Assert.Equal(["""{"v": 1}""", """{"v": 2}"""], (await type.RowsAsync()).Select(row => row.ActionJson));
    }

    [Fact]
    public async Task Rows_of_one_state_that_callers_describe_differently_are_stored_each_with_their_own()
    {
        var type = await silo.AddAgentTypeAsync();
        static QValueUpsert Of(string action, string stateJson) =>
            new(new State(StateKey.Parse("s"), stateJson), new AgentAction(ActionKey.Parse(action)), 1);

        await type.Grain.UpsertMany([Of("a", """{"v":1}"""), Of("b", """{"v":2}"""), Of("c", """{"v":1}""")], WriteMode.Durable);
        Assert.Equal(
            [("a", """{"v": 1}"""), ("b", """{"v": 2}"""), ("c", """{"v": 1}""")],
            (await type.RowsAsync()).Select(row => (row.Action, row.StateJson)).Order());
    }

    [Theory]
    [InlineData("70 levels", true)]
    [InlineData("2000 levels", false)]
    [InlineData("1e400", true)]
    [InlineData("1e400", false)]
    public async Task An_action_that_SQL_described_beyond_the_limits_is_named_by_its_key_and_learned(string json, bool isKnown)
    {
        var type = await silo.AddAgentTypeAsync();
        if (isKnown)
        {
            // The table is in memory before.
            Assert.Null(await type.Grain.GetBestAction(Given.State("s")));
        }

        var depth = json == "1e400" ? 0 : int.Parse(json.Split(' ')[0], CultureInfo.InvariantCulture);
        var data = depth == 0 ? json : new string('[', depth) + new string(']', depth);
        await silo.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            values ('{type.Name}', 's', '{data}', 'by-sql', '{data}', 1)
            """);
        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("s")) is not null, "the row to be seen");
        Assert.Equal("\"by-sql\"", (await type.Grain.GetBestAction(Given.State("s")))!.Json);
        var chosen = (await type.Grain.SelectAction(Given.Select("s", 0))).Action;
        await type.Grain.Learn(Given.Last("s", "by-sql", 11) with { Action = chosen }, WriteMode.Durable);
        Assert.Equal(
            "2 t",
            await silo.Database.QueryAsync<string>($"""
                select visit_count || ' ' || (action_data = '{data}')::text::char from q_values where agent_type = '{type.Name}'
                """));
    }

    [Fact]
    public async Task A_new_Q_value_without_JSON_does_not_get_another_states_description()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync($$"""select upsert_q_value('{{type.Name}}', 's1', '1', 'kk', '{"v": 1}', 3)""");
        await SeesAsync(type, "s1", """{"v": 1}""");

        // Neither as it is, nor as a grain's choice is learned.
        var bare = new AgentAction(ActionKey.Parse("kk"));
        await type.Grain.Upsert(new QValueUpsert(State.FromKey("s2"), bare, 1), WriteMode.Durable);
        var chosen = await type.Grain.SelectAction(
            new SelectActionRequest { State = Given.State("s3"), ExplorationRate = 0, Candidates = [bare] });
        await type.Grain.Upsert(new QValueUpsert(State.FromKey("s3"), chosen.Action, 1), WriteMode.Durable);

        Assert.Equal(["""{"v": 1}""", "\"kk\"", "\"kk\""], (await type.RowsAsync()).Select(row => row.ActionJson));
    }

    [Fact]
    public async Task Ties_are_broken_as_get_best_action_does_in_every_case()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, confidence_score)
            select '{type.Name}', 's' || s, '1', 'a' || a, to_jsonb('a' || a), (s * a) % 2,
                   (array[null, 0, 0.5, 1, 1.5, -1, 'NaN', 0.0001])[1 + (s * 7 + a * a * 3) % 8]
            from generate_series(1, 600) s cross join generate_series(1, 5) a
            """);
        var expected = await silo.Database.QueryAsync<string[]>($"""
            select array_agg((select action_data ->> 0 from get_best_action('{type.Name}', 's' || s)) order by s)
            from generate_series(1, 600) s
            """);
        var states = Enumerable.Range(1, 600).Select(state => Given.State($"s{state}")).ToArray();
        Assert.Equal(expected, (await type.Grain.GetBestActions(states)).Select(best => best!.Key.ToString()));
        foreach (var state in Enumerable.Range(0, 600).Where(state => state % 20 == 0))
        {
            Assert.Equal(expected[state], (await type.Grain.GetQValues(states[state]))[0].Action.ToString());
        }
    }

    [Fact]
    public async Task Ties_of_keys_in_any_script_are_broken_as_get_best_action_does()
    {
        string[] keys = ["a", "a~", "é", "\u4E2D", "\uE000", "\uFF5E", "\uFFFD", "\U00010000", "\U0001F600", "\U0001F601", "\U0010FFFF"];
        var pairs = (from one in keys from other in keys where one != other select (One: one, Other: other)).ToList();
        var type = await silo.AddAgentTypeAsync();
        await using (var command = silo.Database.DataSource.CreateCommand("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select $1, 's' || n, '1', a, to_jsonb(a), 1
            from unnest($2::text[], $3::text[]) with ordinality as p (one, other, n) cross join lateral (values (one), (other)) v (a)
            """))
        {
            command.Parameters.AddWithValue(type.Name);
            command.Parameters.AddWithValue(pairs.ConvertAll(pair => pair.One));
            command.Parameters.AddWithValue(pairs.ConvertAll(pair => pair.Other));
            await command.ExecuteNonQueryAsync();
        }

        var expected = await silo.Database.QueryAsync<string[]>($"""
            select array_agg((select action_data ->> 0 from get_best_action('{type.Name}', 's' || s)) order by s)
            from generate_series(1, {pairs.Count}) s
            """);
        var states = Enumerable.Range(1, pairs.Count).Select(state => Given.State($"s{state}")).ToArray();
        Assert.Equal(expected, (await type.Grain.GetBestActions(states)).Select(best => best!.Key.ToString()));
        Assert.Equal(expected[^1], (await type.Grain.GetQValues(states[^1]))[0].Action.ToString());
    }

    [Theory]
    [InlineData("12026-01-01")]
    [InlineData("infinity")]
    [InlineData("294276-01-01")]
    public async Task A_row_with_a_far_expiry_is_one_that_never_expires(string expiry)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("s", "a", 5);
        await silo.Database.ExecuteInAsync($"update q_values set expires_at = '{expiry}' where agent_type = '{type.Name}'");
        Assert.Equal(5, (await type.Grain.GetBestAction(Given.State("s")))!.QValue);
        await type.Grain.Learn(Given.Last("s", "a", 15), WriteMode.Durable);
        await type.StoreAsync("s", "a", 7);
        Assert.Equal(["t|3"], await silo.Database.QueryAsync<string[]>($"""
            select array_agg((expires_at = '{expiry}')::text::char || '|' || visit_count) from q_values where agent_type = '{type.Name}'
            """));
    }

    private static Task SeesAsync(TestAgentType type, string state, string json) => Eventually.Holds(
        async () => (await type.Grain.GetBestAction(Given.State(state)))?.Json == json, $"{json} in {state}");
}
