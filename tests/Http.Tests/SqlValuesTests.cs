namespace QLearning.Http.Tests;

/// <summary>Values that SQL wrote and JSON has no number for: each list is answered, with null in their place.</summary>
[Collection(ServerTests.Name)]
public sealed class SqlValuesTests(ServerFixture server) : IAsyncLifetime
{
    private const string Type = "sql-values";

    public static TheoryData<string, string, string> Rates
    {
        get
        {
            var rates = new TheoryData<string, string, string>();
            foreach (var value in (string[])["NaN", "Infinity", "-Infinity", "1e400"])
            {
                rates.Add("learning_rate", "learningRate", value);
                rates.Add("discount_factor", "discountFactor", value);
                rates.Add("exploration_rate", "explorationRate", value);
                rates.Add("min_exploration_rate", "minExplorationRate", value);
                rates.Add("exploration_decay", "explorationDecay", value);
            }

            return rates;
        }
    }

    public Task InitializeAsync() => server.Database.ExecuteInAsync(
        $"insert into agent_types (agent_type, display_name) values ('{Type}', 'Written by SQL')");

    // Other tests list what there is.
    public Task DisposeAsync() => server.Database.ExecuteInAsync($"delete from agent_types where agent_type = '{Type}'");

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Types_are_listed_with_null_and_the_reason_where_a_rate_is_no_number(string column, string member, string value)
    {
        await server.Database.ExecuteInAsync($"update agent_types set {column} = '{value}' where agent_type = '{Type}'");
        using var api = server.Api;
        var types = (await api.GetAsync("GET", "/v1/agent-types")).GetProperty("agentTypes").EnumerateArray().ToList();
        var listed = types.Single(type => type.GetProperty("agentType").GetString() == Type);
        Assert.Equal(JsonValueKind.Null, listed.GetProperty(member).ValueKind);
        Assert.Contains(column, listed.GetProperty("settingsError").GetString(), StringComparison.Ordinal);
        Assert.All(types.Where(type => type.GetProperty("agentType").GetString() != Type), type =>
            Assert.Equal((JsonValueKind.Number, JsonValueKind.Null),
                (type.GetProperty(member).ValueKind, type.GetProperty("settingsError").ValueKind)));
        var one = await api.GetAsync("GET", $"/v1/agent-types/{Type}");
        Assert.Equal(JsonValueKind.Null, one.GetProperty(member).ValueKind);
    }

    [Fact]
    public async Task Each_list_has_null_where_a_row_has_NaN()
    {
        await server.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, total_reward,
                                      avg_reward)
            values ('{Type}', 'a-1', 0.2, 0.1, 'NaN', 'NaN');
            insert into sessions (agent_type, total_reward) values ('{Type}', 'NaN');
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type) values ('{Type}', 's', 'a', 'NaN', 't');
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, avg_reward, confidence_score)
            values ('{Type}', 'p', 't', '[]', 'NaN', 'NaN');
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at)
            values ('{Type}', 't', '1', '1', '[]', '[]', '[]', 'NaN', 'NaN', 1, true, now());
            """);
        using var api = server.Api;
        var of = $"/v1/agent-types/{Type}";
        HasNulls(await api.GetAsync("GET", $"{of}/agents"), "agents", "totalReward", "averageReward");
        HasNulls(await api.GetAsync("GET", $"/v1/sessions?agentType={Type}"), "sessions", "totalReward");
        HasNulls(await api.GetAsync("GET", $"{of}/rewards"), "rewards", "reward");
        HasNulls(await api.GetAsync("GET", $"{of}/trajectories"), "trajectories", "totalReward", "discountedReward");
        // What is in memory is seen within a second.
        await Eventually.Holds(
            async () => (await api.GetAsync("POST", $"{of}/patterns/search", "{}")).GetProperty("matches").EnumerateArray()
                .Select(match => match.GetProperty("pattern"))
                .Any(found => found.GetProperty("averageReward").ValueKind == JsonValueKind.Null
                    && found.GetProperty("confidence").ValueKind == JsonValueKind.Null),
            "the pattern to be found");
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync("GET", $"{of}/agents/a-1")).GetProperty("averageReward").ValueKind);
    }

    [Fact]
    public async Task A_list_longer_than_what_is_sent_at_once_is_whole_where_its_last_row_has_NaN()
    {
        await server.Database.ExecuteInAsync($"""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at)
            select '{Type}', 's', 'a', case when n = 1000 then 'NaN' else 1::numeric end, repeat('t', 50), now() - n * interval '1 second'
            from generate_series(1, 1000) n
            """);
        using var api = server.Api;
        var rewards = (await api.GetAsync("GET", $"/v1/agent-types/{Type}/rewards?limit=1000")).GetProperty("rewards");
        Assert.Equal((1000, JsonValueKind.Null), (rewards.GetArrayLength(), rewards[999].GetProperty("reward").ValueKind));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(2_000)]
    public async Task What_SQL_nested_deep_is_listed_as_it_stands(int depth)
    {
        var deep = new string('[', depth) + new string(']', depth);
        await server.Database.ExecuteInAsync($$"""
            update agent_types set metadata = '{"doc": {{deep}}}' where agent_type = '{{Type}}';
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            values ('{{Type}}', 's', '{{deep}}', 'a', '{{deep}}', 1);
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, metadata)
            values ('{{Type}}', 's', 'a', 1, 't', '{"doc": {{deep}}}');
            insert into sessions (agent_type, metadata) values ('{{Type}}', '{"doc": {{deep}}}');
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, metadata)
            values ('{{Type}}', 'a-1', 0.2, 0.1, '{"doc": {{deep}}}');
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('{{Type}}', 'p', 't', '{{deep}}');
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at)
            values ('{{Type}}', 't', '{{deep}}', '{{deep}}', '{{deep}}', '{{deep}}', '{{deep}}', 1, 1, 1, true, now());
            """);
        using var api = server.Api;
        var of = $"/v1/agent-types/{Type}";
        foreach (var (method, path) in ((string, string)[])[
            ("GET", $"{of}/q-values"), ("GET", $"{of}/states"), ("GET", $"{of}/rewards"), ("GET", $"{of}/trajectories"),
            ("POST", $"{of}/patterns/search"), ("GET", $"/v1/sessions?agentType={Type}")])
        {
            // What is in memory is seen within a second.
            await Eventually.Holds(
                async () =>
                {
                    var reply = await api.SendAsync(method, path, method == "POST" ? "{}" : null);
                    Assert.True(reply.Status == HttpStatusCode.OK, $"{path}: {reply.Text}");
                    using var whole = JsonDocument.Parse(reply.Text, new JsonDocumentOptions { MaxDepth = int.MaxValue });
                    return reply.Text.Contains(deep, StringComparison.Ordinal);
                },
                $"{path} to list it");
        }

        await Eventually.Holds(
            async () => (await api.GetAsync("GET", $"{of}/states/s/best-action")).GetProperty("best") is
            { ValueKind: JsonValueKind.Object } best && best.GetProperty("action").GetProperty("json").GetString() == "a",
            "the row to be seen");
        foreach (var path in (string[])["/v1/agent-types", of, $"{of}/agents", $"{of}/agents/a-1"])
        {
            await api.GetAsync("GET", path);
        }
    }

    [Theory]
    [InlineData("explorationPolicy", "\"greedy, softmax\"")]
    [InlineData("learningRule", "\"qLearning,sarsa\"")]
    [InlineData("learningRule", "\"1\"")]
    [InlineData("learningRule", "1")]
    [InlineData("writeMode", "\"agentTypeDefault\"")]
    public async Task A_choice_that_is_none_of_the_names_is_refused_and_changes_nothing(string name, string value)
    {
        using var api = server.Api;
        var reply = await api.SendAsync(
            "PUT", $"/v1/agent-types/{Type}",
            $$"""{"agentType":"{{Type}}","displayName":"d","settings":{"{{name}}":{{value}} } }""");
        reply.IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Equal(
            "Written by SQL",
            await server.Database.QueryAsync<string>($"select display_name from agent_types where agent_type = '{Type}'"));
    }

    [Fact]
    public async Task A_null_in_a_body_is_still_no_number()
    {
        using var api = server.Api;
        var reply = await api.SendAsync(
            "POST", "/v1/agent-types/test-generator/learn", """{"state":"s","action":"a","reward":null,"done":true}""");
        reply.IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Contains("a number", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_says_which_numbers_may_be_null()
    {
        using var api = server.Api;
        var schemas = (await api.GetAsync("GET", "/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        Assert.All(
            (string[])["AgentTypeInfo.learningRate", "AgentInfo.averageReward", "SessionAnswer.totalReward", "RewardAnswer.reward",
                "PatternAnswer.confidence", "TrajectoryAnswer.totalReward"],
            name =>
            {
                var (schema, member) = (name.Split('.')[0], name.Split('.')[1]);
                var types = schemas.GetProperty(schema).GetProperty("properties").GetProperty(member).GetProperty("type");
                Assert.Equal(["null", "number"], types.EnumerateArray().Select(type => type.GetString()));
            });
        var learned = schemas.GetProperty("LearnBody").GetProperty("properties").GetProperty("reward").GetProperty("type");
        Assert.Equal("number", learned.GetString());
    }

    private static void HasNulls(JsonElement page, string list, params string[] members)
    {
        var row = Assert.Single(page.GetProperty(list).EnumerateArray());
        Assert.All(members, member => Assert.Equal(JsonValueKind.Null, row.GetProperty(member).ValueKind));
    }
}
