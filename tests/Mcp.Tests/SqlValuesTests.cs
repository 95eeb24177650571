namespace QLearning.Mcp.Tests;

/// <summary>Values that SQL wrote and JSON has no number for harm no answer: null is in their place, and the schemas say so.</summary>
[Collection(ServerTests.Name)]
public sealed class SqlValuesTests(ServerFixture server) : IAsyncLifetime
{
    private const string Type = "sql-values";

    public Task InitializeAsync() => server.Database.ExecuteInAsync(
        $"insert into agent_types (agent_type, display_name) values ('{Type}', 'Written by SQL')");

    // Other tests list what there is.
    public Task DisposeAsync() => server.Database.ExecuteInAsync($"delete from agent_types where agent_type = '{Type}'");

    [Fact]
    public async Task Agents_and_patterns_have_null_where_SQL_stored_NaN()
    {
        await server.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, total_reward,
                                      avg_reward)
            values ('{Type}', 'a-1', 0.2, 0.1, 'NaN', 'NaN');
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, avg_reward, confidence_score)
            values ('{Type}', 'p', 't', '[]', 'NaN', 'NaN');
            """);
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        foreach (var arguments in (object[])[new { agentType = Type }, new { agentType = Type, agent = "a-1" }])
        {
            var agent = Assert.Single((await client.AskAsync("qlearning_agent_status", arguments)).GetProperty("agents").EnumerateArray());
            Assert.Equal(JsonValueKind.Null, agent.GetProperty("averageReward").ValueKind);
        }

        var found = await client.AskAsync("qlearning_search_patterns", new { agentType = Type });
        var pattern = Assert.Single(found.GetProperty("patterns").EnumerateArray());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null),
            (pattern.GetProperty("averageReward").ValueKind, pattern.GetProperty("confidence").ValueKind));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-1e400")]
    public async Task A_type_whose_rate_is_no_number_is_listed_with_the_reason_and_is_a_document(string value)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        await client.AskAsync("qlearning_q_values", new { agentType = Type, state = "s" });
        await server.Database.ExecuteInAsync($"update agent_types set exploration_decay = '{value}' where agent_type = '{Type}'");
        var types = (await client.AskAsync("qlearning_agent_status", new { })).GetProperty("agentTypes").EnumerateArray();
        var listed = Assert.Single(types, type => type.GetProperty("agentType").GetString() == Type);
        Assert.StartsWith("exploration_decay is ", listed.GetProperty("settingsError").GetString(), StringComparison.Ordinal);
        var document = await client.ReadResourceAsync($"qlearning://agent-types/{Type}");
        var text = Assert.IsType<TextResourceContents>(Assert.Single(document.Contents)).Text;
        var decay = JsonDocument.Parse(text).RootElement.GetProperty("agentType").GetProperty("explorationDecay");
        Assert.Equal(JsonValueKind.Null, decay.ValueKind);
    }

    [Fact]
    public async Task An_action_that_SQL_described_deeper_than_is_read_is_named_by_its_key()
    {
        await server.Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            values ('{Type}', 's', '1', 'by-sql', '{new string('[', 70)}{new string(']', 70)}', 1)
            """);
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        await Eventually.Holds(
            async () => (await client.AskAsync("qlearning_best_action", new { agentType = Type, state = "s" }))
                .GetProperty("action").GetString() == "by-sql",
            "the row to be seen");
        string[] candidates = ["by-sql"];
        await client.AskAsync("qlearning_select_action", new { agentType = Type, agent = "a-2", state = "s", candidates });
    }

    [Fact]
    public async Task Schemas_have_the_type_of_each_number_and_which_may_be_null()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        var tools = (await client.ListToolsAsync()).ToDictionary(tool => tool.Name, tool => tool.ProtocolTool);
        var reward = tools["qlearning_record_outcome"].InputSchema.GetProperty("properties").GetProperty("reward");
        Assert.Equal("number", reward.GetProperty("type").GetString());
        Assert.NotEmpty(reward.GetProperty("description").GetString()!);
        var chosen = tools["qlearning_select_action"].OutputSchema!.Value.GetProperty("properties").GetProperty("qValue");
        Assert.Equal("number", chosen.GetProperty("type").GetString());
        var pattern = tools["qlearning_store_pattern"].OutputSchema!.Value.GetProperty("properties").GetProperty("averageReward");
        Assert.Equal(["number", "null"], pattern.GetProperty("type").EnumerateArray().Select(type => type.GetString()));
    }
}
