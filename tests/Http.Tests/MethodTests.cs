namespace QLearning.Http.Tests;

/// <summary>Other methods than a route's own are refused, and HEAD is answered as GET is, without a body.</summary>
[Collection(ServerTests.Name)]
public sealed class MethodTests(ServerFixture server)
{
    [Theory]
    [InlineData("/live")]
    [InlineData("/serving")]
    [InlineData("/ready")]
    [InlineData("/metrics")]
    [InlineData("/v1/agent-types/coverage-analyzer")]
    public async Task HEAD_is_answered_as_GET_without_a_body(string path)
    {
        using var api = server.Api;
        var get = await EventuallyOkAsync(api, "GET", path);
        var head = await EventuallyOkAsync(api, "HEAD", path);
        Assert.Equal(get.Type, head.Type);
        Assert.NotEmpty(get.Text);
        Assert.Empty(head.Text);
    }

    [Fact]
    public async Task HEAD_of_what_is_not_there_is_404_and_of_what_is_only_posted_405()
    {
        using var api = server.Api;
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync("HEAD", "/v1/agent-types/no-such-type")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await api.SendAsync("HEAD", "/v1/agent-types/coverage-analyzer/learn")).Status);
    }

    [Theory]
    [InlineData("/live")]
    [InlineData("/serving")]
    [InlineData("/ready")]
    [InlineData("/metrics")]
    public async Task Probes_and_metrics_are_read_only(string path)
    {
        using var api = server.Api;
        foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE", "OPTIONS" })
        {
            var refused = await api.SendAsync(method, path);
            refused.IsProblem(HttpStatusCode.MethodNotAllowed, "wrong-method");
            Assert.Contains("Allowed: GET, HEAD.", refused.Text, StringComparison.Ordinal);
        }
    }

    // The checks of a busy machine may take longer than they are allowed to.
    private static async Task<Reply> EventuallyOkAsync(Api api, string method, string path)
    {
        Reply? answer = null;
        await Eventually.Holds(
            async () => (answer = await api.SendAsync(method, path)).Status == HttpStatusCode.OK, $"{method} {path} to be answered");
        return answer!;
    }
}
