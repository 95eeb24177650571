using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Security;
using QLearning.Silo.Gateway;
using QLearning.Storage.ApiKeys;

namespace QLearning.Mcp.Tests;

/// <summary>A server that asks for keys shows each caller what his key allows.</summary>
[Collection(ServerTests.Name)]
public sealed class KeyTests(ServerFixture server) : IAsyncLifetime
{
    private QLearningGateway? _gateway;

    public async Task InitializeAsync() => _gateway = await QLearningGateway.StartAsync(
        new GatewaySettings { ConnectionString = server.Database.ConnectionString },
        configure: services => services
            .Configure<SecurityOptions>(security => security.Authentication = AuthenticationMode.Required)
            // A key is asked for once: a busy machine may take seconds for its first answer.
            .Configure<QLearningClientOptions>(client => client.ResponseTimeout = TimeSpan.FromMinutes(1)));

    public async Task DisposeAsync() => await _gateway!.DisposeAsync();

    [Fact]
    public async Task Without_a_key_nobody_is_answered()
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(_gateway!.HttpUrl, "mcp"), new StringContent("{}"));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_key_that_reads_sees_no_tool_that_writes_and_cannot_call_one()
    {
        await using var client = await ConnectAsync([ApiScope.Read]);
        var tools = await client.ListToolsAsync();
        Assert.NotEmpty(tools);
        Assert.All(tools, tool => Assert.True(tool.ProtocolTool.Annotations?.ReadOnlyHint));
        Assert.Contains("'learn'", await client.RefusalAsync(
            "qlearning_store_pattern",
            new { agentType = "test-generator", name = "p", type = "strategy", data = "{}" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_for_one_agent_type_sees_and_uses_no_other()
    {
        await using var client = await ConnectAsync([ApiScope.Read, ApiScope.Learn], "test-generator");
        await client.AskAsync("qlearning_best_action", new { agentType = "test-generator", state = "s" });
        Assert.Contains("not for the agent type", await client.RefusalAsync(
            "qlearning_best_action", new { agentType = "quality-gate", state = "s" }), StringComparison.Ordinal);
        var types = await client.ReadResourceAsync("qlearning://agent-types");
        Assert.Equal("[\"test-generator\"]", Assert.IsType<TextResourceContents>(Assert.Single(types.Contents)).Text);
        await Assert.ThrowsAsync<McpProtocolException>(async () => await client.ReadResourceAsync("qlearning://agent-types/quality-gate"));
    }

    private async Task<McpClient> ConnectAsync(ApiScope[] scopes, params string[] agentTypes)
    {
        var holder = new ApiKeyHolder
        {
            Name = $"key {Guid.NewGuid()}",
            Scopes = scopes,
            AgentTypes = agentTypes.Length == 0 ? null : agentTypes,
        };
        var key = await new ApiKeyStore(server.Database.DataSource).AddAsync(holder, null, CancellationToken.None);
        return await Fixtures.Mcp.ConnectAsync(_gateway!.HttpUrl, Fixtures.Mcp.Newest, key);
    }
}
