using System.Diagnostics;

namespace QLearning.Mcp.Tests;

/// <summary><c>qlearn mcp</c>, the real program.</summary>
[Collection(ServerTests.Name)]
public sealed class StandardStreamTests(ServerFixture server)
{
    private static readonly string[] _candidates = ["a"];

    [Fact]
    public async Task A_client_starts_it_and_works_the_loop()
    {
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = "dotnet",
            Arguments = Arguments,
            ShutdownTimeout = TimeSpan.FromSeconds(30),
        });
        await using var client = await Fixtures.Mcp.ConnectAsync(transport, Fixtures.Mcp.Newest);
        var chosen = await client.AskAsync("qlearning_select_action", new
        {
            agentType = "test-generator",
            agent = "stdio",
            state = "stdio",
            candidates = _candidates,
        });
        await client.AskAsync("qlearning_record_outcome", new
        {
            agentType = "test-generator",
            agent = "stdio",
            episode = chosen.GetProperty("episode").GetString(),
            step = 0,
            reward = 1,
            ending = "done",
        });
        Assert.Equal(1, await server.Database.QueryAsync<long>("select sum(visit_count) from q_values where state_hash = 'stdio'"));
    }

    [Fact]
    public async Task Standard_output_has_nothing_but_the_protocol_and_it_ends_with_standard_input()
    {
        var start = new ProcessStartInfo("dotnet", Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = new ChildProcess(start);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteLineAsync(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"""
            + """ "clientInfo":{"name":"test","version":"1"}}}""");
        var first = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!).RootElement;
        Assert.Equal(Fixtures.Mcp.Oldest, first.GetProperty("result").GetProperty("protocolVersion").GetString());
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        var second = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!).RootElement;
        Assert.Equal(7, second.GetProperty("result").GetProperty("tools").GetArrayLength());
        process.StandardInput.Close();
        Assert.Equal(string.Empty, await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
    }

    private string[] Arguments =>
        [Path.Combine(AppContext.BaseDirectory, "qlearn.dll"), "mcp", "--cluster", server.Database.ConnectionString];
}
