using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>
/// A program that knows HTTP and nothing else: it gives each request a key, and sends it to one silo after another until it is answered.
/// </summary>
/// <param name="scene">What it works with.</param>
/// <param name="random">Chooses silos.</param>
internal sealed class HttpCaller(RoadScene scene, Random random) : IDisposable
{
    private const string Problem = "urn:qlearning:problem:";

    private static readonly TimeSpan _giveUp = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <summary>Sends a request until it is answered, and notes what came of it.</summary>
    /// <param name="path">Its path below <c>/v1/agent-types/</c>.</param>
    /// <param name="body">Its body.</param>
    /// <param name="updates">What it changes.</param>
    /// <param name="onLost">Brings the episode back that went with its silo; null: the request is of none.</param>
    /// <returns>The answer; null: there was none but a refusal, or none in time.</returns>
    public async Task<JsonElement?> SendAsync(string path, object body, IReadOnlyList<Call> updates, Func<Task>? onLost = null)
    {
        foreach (var update in updates)
        {
            scene.Book.Sent(update);
        }

        var (key, began) = (Guid.NewGuid().ToString(), scene.Time.GetTimestamp());
        var last = "there was no silo";
        while (scene.Time.GetElapsedTime(began) < _giveUp)
        {
            var (status, answer) = await TryAsync(path, body, key);
            last = $"{path}: {status} {answer}";
            if (status == HttpStatusCode.OK)
            {
                End(updates, CallOutcome.Acknowledged, null);
                return answer;
            }

            if (IsLost(answer) && onLost is not null)
            {
                await onLost();
            }
            else if (!MayBeRepeated(status, answer))
            {
                break;
            }

            await Task.Delay(_pause, scene.Time);
        }

        End(updates, CallOutcome.Unknown, last);
        return null;
    }

    public void Dispose() => _http.Dispose();

    private static bool IsLost(JsonElement? answer) => TypeOf(answer) == "episode-lost";

    private static bool MayBeRepeated(HttpStatusCode? status, JsonElement? answer) =>
        status is null or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        || TypeOf(answer) is "idempotency-key-busy" or "partly-learned";

    private static string? TypeOf(JsonElement? answer) =>
        answer is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("type", out var type)
            ? type.GetString()?.Replace(Problem, "", StringComparison.Ordinal)
            : null;

    private async Task<(HttpStatusCode? Status, JsonElement? Answer)> TryAsync(string path, object body, string key)
    {
        Uri[] servers = [.. scene.Cluster.Silos.Select(silo => silo.HttpUrl).OfType<Uri>()];
        if (servers.Length == 0)
        {
            return (null, null);
        }

        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(servers[random.Next(servers.Length)], $"v1/agent-types/{path}"));
        request.Content = JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var answer = await _http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            // The connection was lost before or in the answer: nobody knows what became of the request.
            return (null, null);
        }
    }

    private void End(IReadOnlyList<Call> updates, CallOutcome outcome, string? error)
    {
        foreach (var update in updates)
        {
            update.End(outcome, scene.Book.Now, error);
        }
    }
}
