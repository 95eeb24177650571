using System.CommandLine;
using Npgsql;
using QLearning.Bench.Chaos;
using QLearning.Bench.Load;
using QLearning.Bench.Report;
using QLearning.Client;

namespace QLearning.Bench.Calls;

/// <summary>
/// Single calls through the client against the same job in SQL on the same server: a silo in a process of its own, the callers in this one,
/// the contenders in turn, several rounds.
/// </summary>
internal sealed class CallsCase : IBenchCase
{
    private readonly Option<int> _callers = BoundedOption.Create("--callers", "How many callers at once", 18, 1, 10_000);
    private readonly Option<int> _rounds = BoundedOption.Create("--rounds", "How often each contender has its turn", 5, 1, 1000);
    private readonly Option<int> _seconds = BoundedOption.Create("--seconds", "How long a turn lasts", 2, 1, 3600);

    public string Name => "calls";

    public string Description => "Best actions and updates, one and a hundred per call, against the SQL functions.";

    public IReadOnlyList<Option> Options => [_callers, _rounds, _seconds];

    public async Task<BenchReport> RunAsync(ParseResult given, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("Starting PostgreSQL and a silo.");
        await using var cluster = await ChaosCluster.StartAsync(silos: 0, cancellationToken);
        await using var silo = await SiloProcess.StartAsync(["--cluster", cluster.ConnectionString], [], cancellationToken);
        await using var resending = await QLearningClient.ConnectAsync(cluster.ConnectionString, cancellationToken: cancellationToken);
        await using var plain = await QLearningClient.ConnectAsync(
            cluster.ConnectionString, options => options.ResendUndurable = false, cancellationToken);
        var callers = given.GetValue(_callers);
        await using var sql = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            MinPoolSize = Math.Min(callers, 18),
            MaxPoolSize = Math.Min(callers, 18),
            MaxAutoPrepare = 10,
            Timeout = 0,
        });
        var contenders = await Contenders.CreateAsync(resending, plain, sql, cancellationToken);
        var runs = await MeasureAsync(contenders, callers, given.GetValue(_rounds), TimeSpan.FromSeconds(given.GetValue(_seconds)), progress);
        return new BenchReport(
            FormattableString.Invariant($"Calls by {callers} callers; the rate is the median of {given.GetValue(_rounds)} turns"),
            await Machine.AskAsync(cluster.Database, cancellationToken),
            [.. contenders.Select(contender => Sum(contender, runs[contender]))],
            Ratios(contenders, runs),
            Problem: null);
    }

    private static async Task<Dictionary<Contender, List<ContenderRun>>> MeasureAsync(
        IReadOnlyList<Contender> contenders, int callers, int rounds, TimeSpan duration, Action<string> progress)
    {
        foreach (var contender in contenders)
        {
            // Connections, code that is compiled while it runs, rows that are inserted once.
            await ContenderRun.MeasureAsync(contender, callers, duration, seed: 0);
        }

        var runs = contenders.ToDictionary(contender => contender, _ => new List<ContenderRun>());
        for (var round = 1; round <= rounds; round++)
        {
            progress($"Round {round} of {rounds}.");
            foreach (var contender in contenders)
            {
                runs[contender].Add(await ContenderRun.MeasureAsync(contender, callers, duration, round));
            }
        }

        return runs;
    }

    private static Measurement Sum(Contender contender, List<ContenderRun> runs)
    {
        var times = runs.SelectMany(run => run.Times).Order().ToList();
        return new Measurement(
            contender.Job,
            contender.Name,
            times.Count,
            0,
            Median(runs),
            Quantile.Milliseconds(times, 0.5),
            Quantile.Milliseconds(times, 0.99),
            Quantile.Milliseconds(times, 1));
    }

    // Each against every other that does the same job.
    private static Dictionary<string, double> Ratios(IReadOnlyList<Contender> contenders, Dictionary<Contender, List<ContenderRun>> runs)
    {
        var ratios = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var one in contenders.Where(one => one.Name != Contenders.Sql))
        {
            foreach (var rival in contenders.Where(rival => rival.Job == one.Job && rival.Name == Contenders.Sql))
            {
                ratios[$"{one.Job}: {one.Name} / {rival.Name}"] = Math.Round(Median(runs[one]) / Median(runs[rival]), 2);
            }
        }

        return ratios;
    }

    private static double Median(List<ContenderRun> runs) => runs.Select(run => run.ItemsPerSecond).Order().ElementAt(runs.Count / 2);
}
