using ModelContextProtocol;

namespace QLearning.Mcp.Tests;

/// <summary>Resources and the prompt.</summary>
[Collection(ServerTests.Name)]
public sealed class DocumentTests(ServerFixture server)
{
    public static TheoryData<string> Versions => Fixtures.Mcp.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_agent_type_is_a_resource(string version)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, version);
        Assert.Equal("qlearning://agent-types/{name}", Assert.Single(await client.ListResourceTemplatesAsync()).UriTemplate);
        var names = JsonDocument.Parse(await ReadAsync(client, "qlearning://agent-types")).RootElement;
        Assert.Contains("test-generator", names.EnumerateArray().Select(name => name.GetString()));
        var type = JsonDocument.Parse(await ReadAsync(client, "qlearning://agent-types/test-generator")).RootElement;
        Assert.Equal("qLearning", type.GetProperty("agentType").GetProperty("settings").GetProperty("learningRule").GetString());
        var error = await Assert.ThrowsAsync<McpProtocolException>(() => ReadAsync(client, "qlearning://agent-types/nobody"));
        Assert.Contains("'nobody' is not registered", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_prompt_teaches_the_loop(string version)
    {
        await using var client = await Fixtures.Mcp.ConnectAsync(server.Url, version);
        var prompt = Assert.Single(await client.ListPromptsAsync());
        Assert.Equal(["agentType", "agent", "task"], prompt.ProtocolPrompt.Arguments!.Select(one => one.Name));
        var said = await client.GetPromptAsync(prompt.Name, new Dictionary<string, object?>
        {
            ["agentType"] = "test-generator",
            ["agent"] = "tg-1",
            ["task"] = "test Parser.cs",
        });
        var text = Assert.IsType<TextContentBlock>(Assert.Single(said.Messages).Content).Text;
        Assert.All(
            ["test Parser.cs", "'tg-1'", "qlearning_select_action", "qlearning_record_outcome"],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    private static async Task<string> ReadAsync(McpClient client, string uri) =>
        Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync(uri)).Contents)).Text;
}
