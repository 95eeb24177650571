using System.Globalization;
using Npgsql;
using QLearning.Bench.BadInput;

namespace QLearning.Bench.HttpFuzz;

/// <summary>
/// Sends made-up requests to a live server: each must be answered or refused with a problem document, and one that is refused may change
/// nothing in the database.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="database">Its database.</param>
/// <param name="seed">Gives the same requests again.</param>
internal sealed class FuzzRun(Uri server, NpgsqlDataSource database, int seed)
{
    private const int ChunkRequests = 100;
    private const int SlowEvery = 10;
    private const int AtOnce = 16;

    private static readonly string[] _flushed = ["test-generator", "coverage-analyzer", "quality-gate", "test-executor"];

    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly List<string> _findings = [];
    private int _compared;

    /// <summary>Sends them.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<FuzzReport> RunAsync(int requests, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(100) };
        var operations = FuzzOperation.Read(await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), cancellationToken));
        for (var done = 0; done < requests; done += ChunkRequests)
        {
            var chunk = Enumerable.Range(0, Math.Min(ChunkRequests, requests - done))
                .Select(_ => FuzzRequest.Create(operations, _random)).ToArray();
            if (done / ChunkRequests % SlowEvery == 0)
            {
                await CompareAsync(http, chunk, cancellationToken);
                continue;
            }

            await Parallel.ForEachAsync(
                chunk,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (request, token) => await SendAsync(http, request, token));
        }

        return new FuzzReport(seed, requests, _answers, _compared, _findings);
    }

    private async Task CompareAsync(HttpClient http, FuzzRequest[] chunk, CancellationToken cancellationToken)
    {
        var before = await ReadAsync(http, cancellationToken);
        foreach (var request in chunk)
        {
            var status = await SendAsync(http, request, cancellationToken);
            var after = await ReadAsync(http, cancellationToken);
            // Of a stream the lines before the wrong one are learned, as it says.
            if (status is >= 400 and < 500)
            {
                _compared++;
                if (before != after)
                {
                    Note($"A refused request ({status}) changed something: {request}\n{before}\n{after}");
                }
            }

            before = after;
        }
    }

    private async Task<string> ReadAsync(HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var type in _flushed)
        {
            using var flushed = await http.PostAsync(
                new Uri($"/v1/agent-types/{type}/flush", UriKind.Relative), null, cancellationToken);
        }

        return await DatabaseChecksum.ReadAsync(database, cancellationToken);
    }

    // The server closes a connection on which it refused a body unread: who writes to it at that moment is to write to another one.
    private async Task<int> SendAsync(HttpClient http, FuzzRequest request, CancellationToken cancellationToken) =>
        await TryAsync(http, request, isLast: false, cancellationToken) is var status and > 0
            ? status
            : await TryAsync(http, request, isLast: true, cancellationToken);

    private async Task<int> TryAsync(HttpClient http, FuzzRequest request, bool isLast, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage();
        try
        {
            using var answer = await http.SendAsync(message, cancellationToken);
            var status = (int)answer.StatusCode;
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            Count(status.ToString(CultureInfo.InvariantCulture));
            if (status is >= 500 and not 503)
            {
                Note($"{status} for {request}: {text}");
            }
            else if (status >= 400 && !IsNoHttp(request) && answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            {
                Note($"{status} without a problem document for {request}: {text}");
            }

            return status;
        }
        catch (HttpRequestException error)
        {
            if (isLast)
            {
                Note($"No answer to {request}: {error.Message} {error.InnerException?.Message}");
            }

            return 0;
        }
    }

    // The web server refuses an address with a NUL before it is a request of the API.
    private static bool IsNoHttp(FuzzRequest request) => request.Address.Contains("%00", StringComparison.Ordinal);

    private void Count(string status)
    {
        lock (_answers)
        {
            _answers[status] = _answers.GetValueOrDefault(status) + 1;
        }
    }

    private void Note(string finding)
    {
        lock (_findings)
        {
            _findings.Add(finding);
        }
    }
}

/// <summary>What came of many made-up requests.</summary>
/// <param name="Seed">Gives the same requests again.</param>
/// <param name="Requests">How many were sent.</param>
/// <param name="Answers">How many had each status.</param>
/// <param name="Compared">Refused requests that were made between two looks at the database.</param>
/// <param name="Findings">What was wrong.</param>
internal sealed record FuzzReport(
    int Seed, int Requests, IReadOnlyDictionary<string, int> Answers, int Compared, IReadOnlyList<string> Findings);
