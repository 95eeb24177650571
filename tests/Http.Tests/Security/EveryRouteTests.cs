using System.Text;
using System.Text.RegularExpressions;

namespace QLearning.Http.Tests.Security;

/// <summary>Walked over the OpenAPI document, none left out: no route answers callers whom it is not for.</summary>
[Collection(ServerTests.Name)]
public sealed partial class EveryRouteTests(ServerFixture server)
{
    // Of one of these a caller who is limited to agent types sees his own only, in an answer that succeeds.
    private static readonly string[] _filtered = ["ListAgentTypes", "ListSessions"];

    [Fact]
    public async Task No_route_answers_without_a_key_with_the_wrong_scope_or_for_another_agent_type()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        using var nobody = gateway.Caller(null);
        using var stranger = gateway.Caller(ApiKey.Create());
        using var elsewhere = gateway.Caller(await gateway.KeyAsync(Enum.GetValues<ApiScope>(), "test-executor"));
        using var api = server.Api;
        var document = await api.GetAsync("GET", "/openapi/v1.json");
        var session = (await api.GetAsync("POST", "/v1/sessions", """{"agentType":"test-generator"}""")).GetProperty("id").GetGuid();
        var walked = 0;
        foreach (var (method, path, operation) in Operations(document))
        {
            walked++;
            var scope = Enum.Parse<ApiScope>(Scope().Match(operation.GetProperty("description").GetString()!).Groups[1].Value, true);
            using var lacking = gateway.Caller(await gateway.KeyAsync([.. Enum.GetValues<ApiScope>().Where(one => one != scope)]));
            HttpRequestMessage Request() => Make(method, path, operation, session);
            await RefusedAsync(nobody, Request(), HttpStatusCode.Unauthorized, "unauthenticated");
            await RefusedAsync(stranger, Request(), HttpStatusCode.Unauthorized, "unauthenticated");
            await RefusedAsync(lacking, Request(), HttpStatusCode.Forbidden, "wrong-scope");
            if (!_filtered.Contains(operation.GetProperty("operationId").GetString()))
            {
                await RefusedAsync(elsewhere, Request(), HttpStatusCode.Forbidden, "wrong-agent-type");
            }
        }

        Assert.True(walked > 50, $"There are {walked} operations.");
        Assert.Equal("active", (await api.GetAsync("GET", $"/v1/sessions/{session}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_key_for_one_agent_type_sees_only_its_own_in_lists()
    {
        await using var gateway = await KeyedGateway.StartAsync(server);
        using var limited = gateway.Caller(await gateway.KeyAsync([ApiScope.Read, ApiScope.Learn], "test-executor"));
        using var all = gateway.Caller(await gateway.KeyAsync([ApiScope.Read, ApiScope.Learn]));
        await all.GetAsync("POST", "/v1/sessions", """{"agentType":"test-generator"}""");
        await limited.GetAsync("POST", "/v1/sessions", """{"agentType":"test-executor"}""");
        var types = (await limited.GetAsync("GET", "/v1/agent-types")).GetProperty("agentTypes").EnumerateArray();
        Assert.Equal("test-executor", Assert.Single(types).GetProperty("agentType").GetString());
        Assert.True((await all.GetAsync("GET", "/v1/agent-types")).GetProperty("agentTypes").GetArrayLength() > 10);
        var sessions = (await limited.GetAsync("GET", "/v1/sessions")).GetProperty("sessions");
        Assert.True(sessions.GetArrayLength() >= 1);
        Assert.All(sessions.EnumerateArray(), one => Assert.Equal("test-executor", one.GetProperty("agentType").GetString()));
        (await limited.SendAsync("GET", "/v1/sessions?agentType=test-generator"))
            .IsProblem(HttpStatusCode.Forbidden, "wrong-agent-type");
        (await limited.SendAsync("GET", $"/v1/sessions/{Guid.NewGuid()}")).IsProblem(HttpStatusCode.Forbidden, "wrong-agent-type");
    }

    private static async Task RefusedAsync(Api api, HttpRequestMessage request, HttpStatusCode status, string type)
    {
        var name = $"{request.Method} {request.RequestUri}";
        var reply = await api.SendAsync(request);
        Assert.True(reply.Status == status, $"{name} answered {reply.Status}, not {status}: {reply.Text}");
        reply.IsProblem(status, type);
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value)));

    private static HttpRequestMessage Make(string method, string path, JsonElement operation, Guid session)
    {
        var address = path
            .Replace("{agentType}", "test-generator", StringComparison.Ordinal)
            .Replace("{session}", session.ToString(), StringComparison.Ordinal)
            .Replace("{job}", "cleanUp", StringComparison.Ordinal)
            .Replace("{step}", "0", StringComparison.Ordinal);
        address = Parameter().Replace(address, "0198c0de-0000-7000-8000-000000000001");
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative));
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var content = body.GetProperty("content").EnumerateObject().First();
            request.Content = new StringContent(content.Value.GetProperty("example").GetRawText(), Encoding.UTF8, content.Name);
        }

        return request;
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("Scope: `([a-z]+)`")]
    private static partial Regex Scope();
}
