using System.Text;

namespace QLearning.Http.Tests.Fixtures;

/// <summary>Sends requests as callers do.</summary>
/// <param name="server">The server.</param>
/// <param name="apiKey">The key of the caller; null: none.</param>
internal sealed class Api(Uri server, string? apiKey = null) : IDisposable
{
    public const string Problem = "urn:qlearning:problem:";

    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };

    public async Task<Reply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        using (request)
        {
            if (apiKey is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {apiKey}");
            }

            using var answer = await _http.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text, answer.Headers.ToDictionary(
                header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    public Task<Reply> SendAsync(
        string method, string path, string? body = null, string? key = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return SendAsync(request, cancellationToken);
    }

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<JsonElement> GetAsync(string method, string path, string? body = null, string? key = null)
    {
        var reply = await SendAsync(method, path, body, key);
        Assert.True(reply.Status == HttpStatusCode.OK, $"{method} {path} answered {reply.Status}: {reply.Text}");
        return reply.Json;
    }

    /// <summary>How often an action was learned in a state.</summary>
    public async Task<int> VisitsAsync(string type, string state)
    {
        var best = (await GetAsync("GET", $"/v1/agent-types/{type}/states/{state}/best-action")).GetProperty("best");
        return best.ValueKind == JsonValueKind.Null ? 0 : best.GetProperty("visitCount").GetInt32();
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An answer.</summary>
internal sealed record Reply(HttpStatusCode Status, string? Type, string Text, Dictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public void IsProblem(HttpStatusCode status, string type)
    {
        Assert.True(Status == status, $"{Status}: {Text}");
        Assert.Equal("application/problem+json", Type);
        Assert.Equal(Api.Problem + type, Json.GetProperty("type").GetString());
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
    }
}
