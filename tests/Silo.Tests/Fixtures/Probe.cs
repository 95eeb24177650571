using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace QLearning.Silo.Tests.Fixtures;

/// <summary>Asks a silo how it is, as an orchestrator does.</summary>
internal sealed class Probe(QLearningSilo silo) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = silo.HttpUrl, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Whether the answer was 200; the other one that is allowed is 503.</summary>
    public async Task<bool> AsksAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{path} answered {answer.StatusCode}");
        var ok = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ok").GetBoolean();
        Assert.Equal(answer.StatusCode == HttpStatusCode.OK, ok);
        return ok;
    }

    public Task<bool> IsLiveAsync() => AsksAsync("live");

    public Task<bool> IsReadyAsync() => AsksAsync("ready");

    /// <summary>The checks that are not healthy, each with what it says.</summary>
    public async Task<Dictionary<string, string>> ComplaintsAsync()
    {
        using var answer = await _http.GetAsync(new Uri("ready", UriKind.Relative));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").EnumerateObject()
            .Where(check => check.Value.GetProperty("status").GetString() != "Healthy")
            .ToDictionary(check => check.Name, check => check.Value.GetProperty("text").GetString()!);
    }

    public void Dispose() => _http.Dispose();
}
