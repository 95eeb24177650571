using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QLearning.Bench.Comparisons;
using QLearning.Bench.Report;
using QLearning.Client;
using QLearning.Silo;

namespace QLearning.Bench.HttpLoad;

/// <summary>The HTTP API beside an endpoint that does nothing and beside the .NET client, in one process with the silo.</summary>
internal sealed class HttpCase : IBenchCase
{
    private const int ManyStates = 100;
    private const int Bodies = 1_000;
    private const double Goal = 0.7;

    private readonly Option<int> _callers = BoundedOption.Create("--callers", "How many connections at once", 16, 1, 1_000);
    private readonly Option<int> _rounds = BoundedOption.Create("--rounds", "How often each has its turn", 3, 1, 1_000);
    private readonly Option<int> _seconds = BoundedOption.Create("--seconds", "How long a turn lasts", 2, 1, 3_600);

    public string Name => "http";

    public string Description => "Best action, learning and 100 states a call over HTTP, against an empty endpoint and the .NET client.";

    public IReadOnlyList<Option> Options => [_callers, _rounds, _seconds];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qlearning-bench-");
        try
        {
            var settings = new SiloSettings { DataFolder = folder.FullName, HttpPort = 0 };
            await using var silo = await QLearningSilo.StartAsync(settings, cancellationToken: cancellationToken);
            await using var database = NpgsqlDataSource.Create(silo.ConnectionString);
            await using var empty = await EmptyServer.StartAsync(cancellationToken);
            var type = silo.Services.GetRequiredService<IQLearningClient>().AgentType(Workload.AgentType);
            await Workload.FillAsync(type, cancellationToken);
            await using var outside = await QLearningClient.ConnectAsync(silo.ConnectionString, cancellationToken: cancellationToken);
            var client = outside.AgentType(Workload.AgentType);
            var callers = new Callers(given.GetValue(_callers), TimeSpan.FromSeconds(given.GetValue(_seconds)));
            Contender[] contenders =
            [
                await ContenderAsync(callers, "empty endpoint", empty.Url, "/", i => Body(Workload.Key(i).ToString())),
                await ContenderAsync(callers, "best action", silo.HttpUrl!, "/best-action", i => Body(Workload.Key(i).ToString())),
                await ContenderAsync(callers, "learn", silo.HttpUrl!, "/learn", LearnBody),
                await ContenderAsync(callers, "100 states", silo.HttpUrl!, "/best-actions", ManyBody),
                callers.Contender(".NET best action", (_, random) => client.GetBestActionAsync(Workload.AnyKey(random))),
                callers.Contender(".NET learn", (_, random) => client.LearnAsync(Workload.AnyTransition(random))),
            ];
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
            [FormattableString.Invariant($"best action / empty endpoint (wanted: {Goal})")] = Of("best action") / Of("empty endpoint"),
            [FormattableString.Invariant($"learn / empty endpoint (wanted: {Goal})")] = Of("learn") / Of("empty endpoint"),
            ["states a second, 100 a call"] = Of("100 states") * ManyStates,
        };
    }

    private static async Task<Contender> ContenderAsync(Callers callers, string name, Uri server, string path, Func<int, string> body)
    {
        var address = path == "/" ? path : $"/v1/agent-types/{Workload.AgentType}{path}";
        byte[][] requests = [.. Enumerable.Range(0, Bodies).Select(i => RawConnection.Request(server, address, body(i)))];
        var connections = await Task.WhenAll(
            Enumerable.Range(0, callers.Count).Select(_ => RawConnection.OpenAsync(server, CancellationToken.None)));
        return callers.Contender(name, (caller, random) => connections[caller].CallAsync(requests[random.Next(Bodies)]));
    }

    private static string Body(string state) => $"{{\"state\":\"{state}\"}}";

    private static string LearnBody(int i) => FormattableString.Invariant(
        $"{{\"state\":\"{Workload.Key(i)}\",\"action\":\"action {i % Workload.Actions}\",\"reward\":1,\"done\":true}}");

    private static string ManyBody(int i)
    {
        var states = Enumerable.Range(i, ManyStates).Select(state => $"\"{Workload.Key(state % Workload.States)}\"");
        return $"{{\"states\":[{string.Join(',', states)}]}}";
    }
}
