using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Bench.Comparisons;
using QLearning.Bench.Report;
using QLearning.Client;
using QLearning.Http.Security;
using QLearning.Silo;
using QLearning.Storage.ApiKeys;

namespace QLearning.Bench.HttpLoad;

/// <summary>The HTTP API beside an endpoint that does nothing and beside the .NET client, in one process with the silo.</summary>
internal sealed class HttpCase : IBenchCase
{
    private const int ManyStates = 100;
    private const int Bodies = 1_000;
    private const double Goal = 0.7;
    private const double KeyGoal = 0.95;
    private const string Empty = "empty endpoint";
    private const string Open = "empty endpoint of the API";
    private const string Keyed = "empty endpoint of the API with a key";

    private readonly Option<int> _callers = BoundedOption.Create("--callers", "How many connections at once", 16, 1, 1_000);
    private readonly Option<int> _rounds = BoundedOption.Create("--rounds", "How often each has its turn", 3, 1, 1_000);
    private readonly Option<int> _seconds = BoundedOption.Create("--seconds", "How long a turn lasts", 2, 1, 3_600);

    public string Name => "http";

    public string Description => "Best action, learning, 100 states a call and a key over HTTP, against an empty endpoint.";

    public IReadOnlyList<Option> Options => [_callers, _rounds, _seconds];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-bench-");
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName, HttpPort = 0 };
            await using var silo = await QLearningSilo.StartAsync(settings, cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            var inside = silo.Services.GetRequiredService<IQLearningClient>();
            await using var empty = await EmptyServer.StartAsync(cancellationToken);
            await using var open = await EmptyServer.StartAsync(inside, AuthenticationMode.Off, cancellationToken);
            await using var keyed = await EmptyServer.StartAsync(inside, AuthenticationMode.Required, cancellationToken);
            var key = await new ApiKeyStore(database).AddAsync(
                new ApiKeyHolder { Name = "bench", Scopes = [ApiScope.Read] }, life: null, cancellationToken);
            await Workload.FillAsync(inside.AgentType(Workload.AgentType), cancellationToken);
            await using var outside = await QLearningClient.ConnectAsync(silo.ConnectionString, cancellationToken: cancellationToken);
            var callers = new Callers(given.GetValue(_callers), TimeSpan.FromSeconds(given.GetValue(_seconds)));
            var contenders = await ContendersAsync(
                callers, silo.HttpUrl!, [empty, open, keyed], key, outside.AgentType(Workload.AgentType));
            var sums = await MeasureAsync(contenders, given.GetValue(_rounds), progress, cancellationToken);
            return new BenchReport(
                $"{callers.Count} callers over HTTP, each one request after another", await Machine.AskAsync(database, cancellationToken),
                sums, Facts(sums), null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Contender[]> ContendersAsync(
        Callers callers, Uri api, EmptyServer[] empty, string key, AgentTypeClient client) =>
    [
        await ContenderAsync(callers, Empty, empty[0].Url, "/", StateBody),
        await ContenderAsync(callers, Open, empty[1].Url, "/", StateBody),
        await ContenderAsync(callers, Keyed, empty[2].Url, "/", StateBody, key),
        await ContenderAsync(callers, "best action", api, "/best-action", StateBody),
        await ContenderAsync(callers, "learn", api, "/learn", LearnBody),
        await ContenderAsync(callers, "100 states", api, "/best-actions", ManyBody),
        callers.Contender(".NET best action", (_, random) => client.GetBestActionAsync(Workload.AnyKey(random))),
        callers.Contender(".NET learn", (_, random) => client.LearnAsync(Workload.AnyTransition(random))),
    ];

    private static async Task<List<Measurement>> MeasureAsync(
        Contender[] contenders, int rounds, Action<string> progress, CancellationToken cancellationToken)
    {
        var samples = contenders.ToDictionary(one => one.Name, _ => new List<Sample>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var one in contenders)
            {
                var sample = await one.MeasureAsync(round, cancellationToken);
                if (round > 0)
                {
                    samples[one.Name].Add(sample);
                    progress(string.Create(
                        CultureInfo.InvariantCulture, $"{one.Name}: {sample.Value:#,0} calls/s, p99 {sample.P99:0.00} ms."));
                }
            }
        }

        return
        [
            .. contenders.Select(one => (one.Name, Middle: samples[one.Name].OrderBy(sample => sample.Value).ElementAt(rounds / 2)))
                .Select(one => new Measurement("median round", one.Name, 0, 0, one.Middle.Value, one.Middle.P50, one.Middle.P99, null)),
        ];
    }

    private static Dictionary<string, double> Facts(List<Measurement> sums)
    {
        double Of(string name) => sums.Single(sum => sum.Operation == name).PerSecond;
        return new Dictionary<string, double>
        {
            [FormattableString.Invariant($"best action / empty endpoint (wanted: {Goal})")] = Of("best action") / Of(Empty),
            [FormattableString.Invariant($"learn / empty endpoint (wanted: {Goal})")] = Of("learn") / Of(Empty),
            [FormattableString.Invariant($"with a key / without, empty endpoint of the API (wanted: {KeyGoal})")] = Of(Keyed) / Of(Open),
            ["states a second, 100 a call"] = Of("100 states") * ManyStates,
        };
    }

    private static async Task<Contender> ContenderAsync(
        Callers callers, string name, Uri server, string path, Func<int, string> body, string? key = null)
    {
        var address = path == "/" ? path : $"/v1/agent-types/{Workload.AgentType}{path}";
        byte[][] requests = [.. Enumerable.Range(0, Bodies).Select(i => RawConnection.Request(server, address, body(i), key))];
        var connections = await Task.WhenAll(
            Enumerable.Range(0, callers.Count).Select(_ => RawConnection.OpenAsync(server, CancellationToken.None)));
        return callers.Contender(name, (caller, random) => connections[caller].CallAsync(requests[random.Next(Bodies)]));
    }

    private static string StateBody(int i) => $"{{\"state\":\"{Workload.Key(i)}\"}}";

    private static string LearnBody(int i) => FormattableString.Invariant(
        $"{{\"state\":\"{Workload.Key(i)}\",\"action\":\"action {i % Workload.Actions}\",\"reward\":1,\"done\":true}}");

    private static string ManyBody(int i)
    {
        var states = Enumerable.Range(i, ManyStates).Select(state => $"\"{Workload.Key(state % Workload.States)}\"");
        return $"{{\"states\":[{string.Join(',', states)}]}}";
    }
}
