using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Http.Security;
using QLearning.Silo.Gateway;

namespace QLearning.Mcp.Tests;

/// <summary>Who may ask over HTTP, and where it is answered.</summary>
[Collection(ServerTests.Name)]
public sealed class HostTests(ServerFixture server)
{
    private const string List = """{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}""";

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("localhost:6274", "http://localhost:6274", HttpStatusCode.OK)]
    [InlineData("[::1]", "http://[::1]", HttpStatusCode.OK)]
    [InlineData("10.0.0.7:8080", "http://10.0.0.7:8080", HttpStatusCode.OK)]
    [InlineData("10.0.0.7", "http://10.0.0.8", HttpStatusCode.Forbidden)]
    [InlineData("evil.example", null, HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.BadRequest)]
    [InlineData(null, "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "https://localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    public async Task Only_this_machine_addresses_and_configured_names_are_answered(string? host, string? origin, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "mcp"))
        {
            Content = new StringContent(List, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", Fixtures.Mcp.Oldest);
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await http.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_gateway_answers_as_silos_do()
    {
        await using var gateway = await QLearningGateway.StartAsync(
            new GatewaySettings { ConnectionString = server.Database.ConnectionString },
            configure: services => services.Configure<SecurityOptions>(security => security.Authentication = AuthenticationMode.Off));
        await using var client = await Fixtures.Mcp.ConnectAsync(gateway.HttpUrl, Fixtures.Mcp.Newest);
        Assert.Equal(7, (await client.ListToolsAsync()).Count);
        await client.AskAsync("qlearning_best_action", new { agentType = "test-generator", state = "s" });
    }
}
