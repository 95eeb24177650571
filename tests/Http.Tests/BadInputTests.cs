using System.IO.Compression;
using System.Net.Http.Headers;

namespace QLearning.Http.Tests;

/// <summary>Bad input gets a problem document that says what is wrong, and changes nothing.</summary>
[Collection(ServerTests.Name)]
public sealed class BadInputTests(ServerFixture server)
{
    private const string Learn = "/v1/agent-types/regression-risk-analyzer/learn";
    private const string Episode = "agents/null/episodes/0198c0de-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":1,\"done\":true", "malformed-json", "It is at byte ")]
    [InlineData("", "malformed-json", "empty")]
    [InlineData("null", "invalid-input", "null")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":1,\"done\":true,\"durabel\":true}", "unknown-member", "'durabel'")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":1,\"reward\":2,\"done\":true}", "duplicate-member", "'reward'")]
    [InlineData("{\"state\":{\"a\":1,\"a\":2},\"action\":\"a\",\"reward\":1,\"done\":true}", "invalid-input", "uplicate")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"done\":true}", "invalid-input", "'reward'")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":\"1\",\"done\":true}", "invalid-input", "Allowed: a number")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":1e999,\"done\":true}", "invalid-input", "reward")]
    [InlineData("{\"state\":\"s\",\"action\":\"a\",\"reward\":1000000,\"done\":true}", "invalid-input", "999999.999999")]
    [InlineData("{\"state\":\"\",\"action\":\"a\",\"reward\":1,\"done\":true}", "invalid-input", "state key")]
    [InlineData("{\"state\":null,\"action\":\"a\",\"reward\":1,\"done\":true}", "invalid-input", "null")]
    [InlineData("{\"state\":\"s\",\"action\":\"\\ud800\",\"reward\":1,\"done\":true}", "malformed-json", "Unicode")]
    [InlineData("{\"state\":{\"$key\":\"s\",\"more\":1},\"action\":\"a\",\"reward\":1,\"done\":true}", "invalid-input", "$json")]
    public async Task A_wrong_body_is_named_and_changes_nothing(string body, string type, string named)
    {
        using var api = server.Api;
        var reply = await api.SendAsync("POST", Learn, body);
        reply.IsProblem(HttpStatusCode.BadRequest, type);
        Assert.Contains(named, reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var statistics = await api.GetAsync("GET", "/v1/agent-types/regression-risk-analyzer/statistics");
        Assert.Equal(0, statistics.GetProperty("qValues").GetInt32());
    }

    [Theory]
    [InlineData("POST", "learn-many", "{\"transitions\":[null]}")]
    [InlineData("PUT", "q-values", "{\"qValues\":[null]}")]
    [InlineData("POST", "rewards", "{\"rewards\":[null]}")]
    [InlineData("POST", "patterns/uses", "{\"uses\":[null]}")]
    [InlineData("POST", "trajectories", "{\"trajectories\":[null]}")]
    [InlineData("POST", $"{Episode}/restore", "{\"startedAt\":\"2026-01-31T12:00:00Z\",\"steps\":[null]}")]
    public async Task A_null_in_a_list_is_refused(string method, string route, string body)
    {
        using var api = server.Api;
        var reply = await api.SendAsync(method, $"/v1/agent-types/regression-risk-analyzer/{route}", body);
        reply.IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        Assert.Contains("null", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused_with_their_place()
    {
        using var api = server.Api;
        var reply = await SendAsync(api, "application/json", [.. "{\"state\":\""u8, 0xff, .. "\"}"u8]);
        reply.IsProblem(HttpStatusCode.BadRequest, "malformed-json");
        Assert.Equal(10, reply.Json.GetProperty("offset").GetInt32());
    }

    [Fact]
    public async Task A_body_that_is_too_deep_is_refused()
    {
        using var api = server.Api;
        var deep = $"{{\"state\":{new string('[', 80)}{new string(']', 80)},\"action\":\"a\",\"reward\":1,\"done\":true}}";
        (await api.SendAsync("POST", Learn, deep)).IsProblem(HttpStatusCode.BadRequest, "malformed-json");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_whether_or_not_its_length_is_told()
    {
        using var api = server.Api;
        var large = new byte[300_000];
        Array.Fill(large, (byte)' ');
        foreach (var chunked in (bool[])[false, true])
        {
            var refused = await SendAsync(api, "application/json", large, chunked);
            refused.IsProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
            // The next request on it might be lost.
            Assert.Equal("close", refused.Headers["Connection"]);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? type)
    {
        using var api = server.Api;
        (await SendAsync(api, type, "{}"u8.ToArray())).IsProblem(HttpStatusCode.UnsupportedMediaType, "wrong-content-type");
    }

    [Fact]
    public async Task A_compressed_body_is_refused_unread()
    {
        using var api = server.Api;
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(new byte[10_000_000]);
        }

        (await SendAsync(api, "application/json", packed.ToArray(), coding: "gzip"))
            .IsProblem(HttpStatusCode.UnsupportedMediaType, "wrong-content-type");
    }

    [Fact]
    public async Task Wrong_addresses_methods_and_parameters_are_problems_too()
    {
        using var api = server.Api;
        (await api.SendAsync("GET", "/v1/nothing")).IsProblem(HttpStatusCode.NotFound, "unknown-route");
        (await api.SendAsync("GET", Learn)).IsProblem(HttpStatusCode.MethodNotAllowed, "wrong-method");
        (await api.SendAsync("GET", "/v1/agent-types/nobody/states")).IsProblem(HttpStatusCode.NotFound, "unknown-agent-type");
        (await api.SendAsync("GET", "/v1/agent-types/no%23body/states")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await api.SendAsync("GET", "/v1/sessions?limt=1")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await api.SendAsync("GET", "/v1/sessions?limit=0")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await api.SendAsync("GET", "/v1/sessions?limit=many")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await api.SendAsync("GET", "/v1/sessions?cursor=zzzz")).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
        (await api.SendAsync("GET", "/v1/sessions/0198c0de-0000-7000-8000-000000000001"))
            .IsProblem(HttpStatusCode.NotFound, "unknown-session");
    }

    private static Task<Reply> SendAsync(Api api, string? type, byte[] body, bool chunked = false, string? coding = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Learn, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (coding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(coding);
        }

        return api.SendAsync(request);
    }
}
