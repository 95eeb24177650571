namespace QLearning.Mcp.Tests;

/// <summary>What is offered, and how callers are told what they did wrong.</summary>
[Collection(ServerTests.Name)]
public sealed class ToolTests(ServerFixture server)
{
    private static readonly string[] _reading =
        ["qlearning_agent_status", "qlearning_best_action", "qlearning_q_values", "qlearning_search_patterns"];

    private static readonly string[] _writing = ["qlearning_record_outcome", "qlearning_select_action", "qlearning_store_pattern"];

    public static TheoryData<string> Versions => Fixtures.Mcp.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Tools_have_plain_arguments_and_say_what_they_do_and_answer(string version)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, version);
        var tools = (await client.ListToolsAsync()).Select(tool => tool.ProtocolTool).ToArray();
        Assert.Equal([.. _reading.Concat(_writing).Order(StringComparer.Ordinal)], NamesOf(tools));
        Assert.Equal(_reading, NamesOf(tools.Where(tool => tool.Annotations!.ReadOnlyHint == true)));
        Assert.Equal(["qlearning_record_outcome"], NamesOf(tools.Where(tool =>
            tool.Annotations is { ReadOnlyHint: false, IdempotentHint: true })));
        Assert.All(tools, tool =>
        {
            Assert.False(tool.Annotations!.DestructiveHint);
            Assert.NotEmpty(tool.Description!);
            Assert.Equal("object", tool.OutputSchema!.Value.GetProperty("type").GetString());
            Assert.All(tool.InputSchema.GetProperty("properties").EnumerateObject(), argument =>
            {
                Assert.NotEmpty(argument.Value.GetProperty("description").GetString()!);
                Assert.NotEqual("object", argument.Value.GetProperty("type").GetString());
            });
        });
        var outcome = tools.Single(tool => tool.Name == "qlearning_record_outcome");
        var ending = outcome.InputSchema.GetProperty("properties").GetProperty("ending");
        Assert.Equal(["continues", "done", "truncated"], ending.GetProperty("enum").EnumerateArray().Select(one => one.GetString()));
    }

    [Theory]
    [InlineData("qlearning_best_action", """{"agentType": "test-generatr", "state": "s"}""", "'test-generatr' is not registered")]
    [InlineData("qlearning_best_action", """{"agentType": "test-generator"}""", "'state' of qlearning_best_action is missing. Send it")]
    [InlineData("qlearning_best_action", """{"agentType": "test-generator", "state": {"a": 1}}""", "Allowed: string, A short name")]
    [InlineData("qlearning_best_action", """{"agentType": "test-generator", "state": "{\"a\": "}""", "JSON")]
    [InlineData("qlearning_best_action", """{"agentType": "test-generator", "state": null}""", "it is JSON of the type null")]
    [InlineData("qlearning_best_action", """{"agentType": "test-generator", "staet": "s"}""", "Allowed: agentType, state")]
    [InlineData("qlearning_agent_status", """{"agentType": "test-generator", "agent": "nobody"}""", "nobody")]
    [InlineData("qlearning_select_action", """{"agentType": "test-generator", "agent": "e", "state": "s", "candidates": [null]}""", "null")]
    [InlineData("qlearning_select_action", """{"agentType": "test-generator", "agent": "e", "state": "s", "step": 1}""", "no 'episode'")]
    [InlineData("qlearning_select_action", """{"agentType": "test-generator", "agent": "e", "state": "never seen"}""", "candidates")]
    [InlineData("qlearning_record_outcome", """
        {"agentType": "test-generator", "agent": "e", "episode": "x", "step": 0, "reward": 1, "ending": "done"}
        """, "it is no UUID")]
    [InlineData("qlearning_record_outcome", """
        {"agentType": "test-generator", "agent": "e", "episode": "x", "step": 0, "reward": 1, "ending": "over"}
        """, "continues, done, truncated")]
    [InlineData("qlearning_record_outcome", """
        {"agentType": "test-generator", "agent": "e", "episode": "x", "step": 0, "reward": "good", "ending": "done"}
        """, "Allowed: number, How good")]
    [InlineData("qlearning_search_patterns", """{"agentType": "test-generator", "limit": 1001}""", "Allowed: 1 to 1000")]
    [InlineData("qlearning_store_pattern", """{"agentType": "test-generator", "name": "n", "type": "t", "data": "no JSON"}""", "JSON")]
    public async Task A_refusal_says_what_to_send_instead(string tool, string arguments, string expected)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        var said = await client.RefusalAsync(tool, JsonDocument.Parse(arguments).RootElement);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.Equal(0, await server.Database.QueryAsync<long>("select count(*) from agent_states where agent_instance_id = 'e'"));
    }

    [Fact]
    public async Task A_caller_who_may_only_read_sees_no_tool_that_writes_and_cannot_call_one()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        server.Access.Learns = false;
        try
        {
            Assert.Equal(_reading, NamesOf((await client.ListToolsAsync()).Select(tool => tool.ProtocolTool)));
            var said = await client.RefusalAsync(
                "qlearning_select_action", new { agentType = "test-generator", agent = "reader", state = "s", candidates = _reading });
            Assert.Contains("'learn'", said, StringComparison.Ordinal);
            await client.AskAsync("qlearning_best_action", new { agentType = "test-generator", state = "s" });
        }
        finally
        {
            server.Access.Learns = true;
        }
    }

    [Fact]
    public async Task A_caller_who_is_limited_to_an_agent_type_cannot_ask_about_others()
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, Fixtures.Mcp.Newest);
        server.Access.Only = "test-generator";
        try
        {
            await client.AskAsync("qlearning_best_action", new { agentType = "test-generator", state = "s" });
            await client.RefusalAsync("qlearning_best_action", new { agentType = "coverage-analyzer", state = "s" });
            var types = (await client.AskAsync("qlearning_agent_status", new { })).GetProperty("agentTypes");
            Assert.Equal("test-generator", Assert.Single(types.EnumerateArray()).GetProperty("agentType").GetString());
            await Assert.ThrowsAnyAsync<Exception>(async () => await client.ReadResourceAsync("qlearning://agent-types/coverage-analyzer"));
        }
        finally
        {
            server.Access.Only = null;
        }
    }

    private static string[] NamesOf(IEnumerable<Tool> tools) => [.. tools.Select(tool => tool.Name).Order(StringComparer.Ordinal)];
}
