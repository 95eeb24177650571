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

    [Theory]
    [InlineData("{\"state\":\"s8\",\"action\":\"a\",\"reward\":1e9,\"done\":true}", "The reward '1000000000' is not allowed")]
    [InlineData("{\"state\":\"s8\",\"action\":\"a\",\"reward\":1}", "The next state")]
    [InlineData("{\"state\":null,\"action\":\"a\",\"reward\":1,\"done\":true}", "state")]
    [InlineData("{\"state\":{\"build\":9007199254740993},\"action\":\"a\",\"reward\":1,\"done\":true}", "9007199254740993")]
    public async Task A_line_with_a_value_that_is_not_allowed_is_named_too(string wrong, string words)
    {
        using var api = server.Api;
        var reply = await SendAsync(api, $"{Lines("s8", 103)}{wrong}\n{Lines("s8-after", 3)}");

        Assert.Equal([100L, 100], LearnedOf(reply));
        var problem = JsonDocument.Parse(reply.Text.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("problem");
        Assert.Equal("urn:qlearning:problem:invalid-input", problem.GetProperty("type").GetString());
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(104, problem.GetProperty("line").GetInt32());
        Assert.Equal(0, await api.VisitsAsync("performance-tester", "s8-101"));
        var first = await SendAsync(api, $"{wrong}\n");
        first.IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Equal(1, JsonDocument.Parse(first.Text).RootElement.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task A_stream_that_arrives_faster_than_it_is_learned_is_learned_to_its_end()
    {
        using var api = server.Api;
        // More than a body of other routes may have arrives while the first lines are learned.
        var reply = await SendAsync(api, Lines($"s5-{new string('x', 30)}", 50_000));
        Assert.Equal(50_000, LearnedOf(reply)[^1]);
    }

    [Fact]
    public async Task A_line_that_is_longer_than_a_body_may_be_is_refused_also_when_it_has_arrived_whole()
    {
        using var api = server.Api;
        var padding = new string(' ', 300_000);
        var reply = await SendAsync(api, $"{Lines("s6", 1)}{{{padding}{Lines("s6-long", 1)[1..]}");
        reply.IsProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Equal(0, await api.VisitsAsync("performance-tester", "s6-1"));
    }

    [Fact]
    public async Task Of_lines_that_some_partitions_learned_their_places_in_the_stream_say_what_to_send_again()
    {
        using var api = server.Api;
        const string Type = "stream-partly";
        await api.GetAsync("POST", "/v1/agent-types", $$"""
            {"agentType":"{{Type}}","displayName":"Partly","settings":{"learningRule":"sarsa"} }
            """);
        await server.Database.ExecuteInAsync(
            $"update agent_types set metadata = metadata || jsonb_build_object('partitions', 2) where agent_type = '{Type}'");
        await using var client = await QLearningClient.ConnectAsync(server.Database.ConnectionString);
        await Eventually.Holds(
            async () => (await client.AgentType(Type).GetStatisticsAsync()).Partitions == 2, "the partitions to be known");
        // SARSA refuses the line without a next action, and with it those of its partition.
        var lines = Enumerable.Range(0, 300).Select(i => i == 149
            ? $"{{\"state\":\"s7-{i}\",\"action\":\"a\",\"reward\":1,\"nextState\":\"s7-next\"}}\n"
            : $"{{\"state\":\"s7-{i}\",\"action\":\"a\",\"reward\":1,\"done\":true}}\n");
        var reply = await SendAsync(api, string.Concat(lines), path: $"/v1/agent-types/{Type}/learn-stream");

        Assert.Equal([100L, 100], LearnedOf(reply));
        var problem = JsonDocument.Parse(reply.Text.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("problem");
        Assert.Equal("urn:qlearning:problem:partly-learned", problem.GetProperty("type").GetString());
        Assert.Empty(problem.GetProperty("mayBeLearned").EnumerateArray());
        var missing = problem.GetProperty("notLearned").EnumerateArray().Select(place => place.GetInt64()).ToArray();
        var next = problem.GetProperty("next").GetInt64();
        Assert.Equal(200, next);
        Assert.Contains(149, missing);
        Assert.InRange(missing.Length, 1, 99);
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(i < next && !missing.Contains(i) ? 1 : 0, await api.VisitsAsync(Type, $"s7-{i}"));
        }
    }

    private static string Lines(string name, int count) => string.Concat(
        Enumerable.Range(1, count).Select(i => $"{{\"state\":\"{name}-{i}\",\"action\":\"a\",\"reward\":1,\"done\":true}}\n"));

    private static long[] LearnedOf(Reply reply) => [.. reply.Text.TrimEnd().Split('\n')
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("learned").GetInt64())];

    private static Task<Reply> SendAsync(Api api, string lines, string? key = null, string path = Path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
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
