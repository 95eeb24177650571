using System.Text;

namespace QLearning.Http.Tests;

/// <summary>A stream of steps is learned by lots, and what is wrong with it is told with its line.</summary>
[Collection(ServerTests.Name)]
public sealed class StreamTests(ServerFixture server)
{
    private const string Path = "/v1/agent-types/performance-tester/learn-stream";

    [Fact]
    public async Task A_stream_is_learned_to_its_end()
    {
        using var api = server.Api;
        var reply = await SendAsync(api, Lines("s1", 250));
        Assert.Equal([100L, 200, 250, 250], LearnedOf(reply));
        Assert.Equal("application/x-ndjson", reply.Type);
        Assert.Equal(1, await api.VisitsAsync("performance-tester", "s1-250"));
    }

    [Fact]
    public async Task A_stream_that_is_sent_again_with_its_key_counts_once()
    {
        using var api = server.Api;
        await SendAsync(api, Lines("s2", 150), "stream");
        var again = await SendAsync(api, Lines("s2", 250), "stream-2");
        Assert.Equal(250, LearnedOf(again)[^1]);
        await SendAsync(api, Lines("s2", 250), "stream-2");
        Assert.Equal(2, await api.VisitsAsync("performance-tester", "s2-7"));
        Assert.Equal(1, await api.VisitsAsync("performance-tester", "s2-200"));
    }

    [Fact]
    public async Task The_key_of_a_stream_is_held_to_what_holds_for_other_keys()
    {
        using var api = server.Api;
        (await SendAsync(api, Lines("s4", 1), string.Empty)).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await SendAsync(api, Lines("s4", 1), new string('k', 256))).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        await api.GetAsync("POST", "/v1/agent-types/performance-tester/learn", Lines("s4-other", 1), "s4");
        (await SendAsync(api, Lines("s4", 1), "s4")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(0, await api.VisitsAsync("performance-tester", "s4-1"));
        for (var tries = 0; tries < 2; tries++)
        {
            Assert.Equal(250, LearnedOf(await SendAsync(api, Lines("s4", 250), new string('k', 255)))[^1]);
        }

        Assert.Equal(1, await api.VisitsAsync("performance-tester", "s4-250"));
    }

    [Fact]
    public async Task A_wrong_line_ends_the_stream_and_is_named()
    {
        using var api = server.Api;
        var reply = await SendAsync(api, Lines("s3", 120) + "{\"state\":\n");
        Assert.Equal([100L, 100], LearnedOf(reply));
        var problem = JsonDocument.Parse(reply.Text.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("problem");
        Assert.Equal("urn:qlearning:problem:malformed-json", problem.GetProperty("type").GetString());
        Assert.Equal(121, problem.GetProperty("line").GetInt32());
        Assert.Equal(0, await api.VisitsAsync("performance-tester", "s3-101"));
        (await SendAsync(api, "{\"state\":\n")).IsProblem(HttpStatusCode.BadRequest, "malformed-json");
    }

    private static string Lines(string name, int count) => string.Concat(
        Enumerable.Range(1, count).Select(i => $"{{\"state\":\"{name}-{i}\",\"action\":\"a\",\"reward\":1,\"done\":true}}\n"));

    private static long[] LearnedOf(Reply reply) => [.. reply.Text.TrimEnd().Split('\n')
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("learned").GetInt64())];

    private static Task<Reply> SendAsync(Api api, string lines, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative))
        {
            Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson"),
        };
        if (key is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        }

        return api.SendAsync(request);
    }
}
