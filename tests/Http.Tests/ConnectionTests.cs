using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Http.Tests.Security;

namespace QLearning.Http.Tests;

/// <summary>Slow and many callers: who sends a body too slowly is cut off, and connections have a limit.</summary>
[Collection(ServerTests.Name)]
public sealed class ConnectionTests(ServerFixture server)
{
    private const int Limit = 20;

    // An answer comes in chunks; what is left of one would be taken for the beginning of the next.
    private const string LastChunk = "\r\n0\r\n\r\n";

    private static readonly byte[] _ask = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_body_that_does_not_come_is_refused_and_teaches_nothing()
    {
        using var slow = await ConnectAsync(server.Silo.HttpUrl!);
        var body = """{"state":"slow","action":"scan","reward":1,"done":true}""";
        var head = string.Create(CultureInfo.InvariantCulture, $"""
            POST /v1/agent-types/coverage-analyzer/learn HTTP/1.1
            Host: localhost
            Content-Type: application/json
            Content-Length: {body.Length}


            """).ReplaceLineEndings("\r\n");
        // All but the end.
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body[..^1]));
        var answer = await ReadAsync(slow, "too-slow");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:qlearning:problem:too-slow", answer, StringComparison.Ordinal);
        using var api = server.Api;
        Assert.Equal(0, await api.VisitsAsync("coverage-analyzer", "slow"));
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_others_go_on()
    {
        await using var gateway = await KeyedGateway.StartAsync(
            server, configure: services => services.Configure<HttpApiOptions>(http => http.MaxConnections = Limit));
        var open = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Limit; i++)
            {
                open.Add(await ConnectAsync(gateway.Url));
                Assert.True(await IsAnsweredAsync(open[i]), $"The connection {i + 1} of {Limit} was not answered.");
            }

            using (var tooMany = await ConnectAsync(gateway.Url))
            {
                Assert.False(await IsAnsweredAsync(tooMany));
            }

            Assert.True(await IsAnsweredAsync(open[0]));
            open[^1].Dispose();
            await Eventually.Holds(
                async () =>
                {
                    using var next = await ConnectAsync(gateway.Url);
                    return await IsAnsweredAsync(next);
                },
                "a new connection in the place of one that was closed");
        }
        finally
        {
            open.ForEach(one => one.Dispose());
        }
    }

    private static async Task<TcpClient> ConnectAsync(Uri url)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, url.Port);
        return client;
    }

    private static async Task<bool> IsAnsweredAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync(_ask);
            return (await ReadAsync(client, LastChunk)).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Until its text has come, or the server has closed the connection.
    private static async Task<string> ReadAsync(TcpClient client, string end)
    {
        using var limit = new CancellationTokenSource(_deadline, TimeProvider.System);
        var (said, buffer) = (new StringBuilder(), new byte[4096]);
        while (!said.ToString().Contains(end, StringComparison.Ordinal)
            && await client.GetStream().ReadAsync(buffer, limit.Token) is var count and > 0)
        {
            said.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return said.ToString();
    }
}
