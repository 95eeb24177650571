using System.Globalization;
using QLearning.Bench.Chaos;
using QLearning.Bench.Chaos.Faults;
using QLearning.Bench.Report;

namespace QLearning.Bench.Soak;

/// <summary>
/// All roads of updates for a long time, with or without faults: after each round everything is checked exactly, as
/// <c>bench chaos</c> does, and the memory of silos and clients is sampled.
/// </summary>
/// <param name="length">How long it runs.</param>
/// <param name="round">How long a round without a fault is.</param>
/// <param name="hasFaults">Whether every other round has a fault, chosen at random.</param>
/// <param name="progress">Gets a line for each round.</param>
internal sealed class RoadSoak(TimeSpan length, TimeSpan round, bool hasFaults, Action<string> progress)
{
    private const int Seed = 11;

    private static readonly TimeSpan _outage = TimeSpan.FromSeconds(10);
    private static readonly TimeProvider _time = TimeProvider.System;

    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        var faults = hasFaults ? await FindFaultsAsync(cancellationToken) : [];
        progress("Starting a cluster of its own: PostgreSQL and two silos.");
        await using var run = await ChaosRun.StartAsync(
            resendsNotDurable: true, _outage, cancellationToken, limitsDisk: faults.Any(fault => fault is FullDisk));
        var samples = new List<RoadSample>();
        var (began, random, calm) = (_time.GetTimestamp(), new Random(Seed), new Calm(round));
        while (_time.GetElapsedTime(began) < length)
        {
            var fault = faults.Count > 0 && samples.Count % 2 == 1 ? faults[random.Next(faults.Count)] : calm;
            var result = await run.RunAsync(fault, cancellationToken);
            samples.Add(RoadSample.Take(_time.GetElapsedTime(began), result, run.Cluster));
            progress(samples[^1].ToString());
        }

        return new BenchReport(
            "All roads of updates" + (hasFaults ? ", with a fault in every other round" : string.Empty),
            await Machine.AskAsync(run.Cluster.Database, cancellationToken),
            [],
            Facts(samples),
            Problem(samples));
    }

    private async Task<List<IFault>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        var possible = new List<IFault>();
        foreach (var fault in ChaosRun.Faults)
        {
            if (await fault.FindObstacleAsync(cancellationToken) is { } obstacle)
            {
                progress($"{fault.Name} is not run: {obstacle}");
            }
            else
            {
                possible.Add(fault);
            }
        }

        return possible;
    }

    private static string? Problem(List<RoadSample> samples)
    {
        var wrong = samples.Where(sample => !sample.Round.IsClean).SelectMany(sample => sample.Round.Verdict.Findings).FirstOrDefault();
        return wrong ?? MemoryVerdict.Of<RoadSample>(
            samples,
            ("silos' memory", sample => sample.SiloMiB),
            ("clients' managed heap", sample => sample.ClientHeapMiB),
            ("clients' memory", sample => sample.ClientMiB));
    }

    private static Dictionary<string, double> Facts(List<RoadSample> samples)
    {
        var facts = new Dictionary<string, double> { ["rounds"] = samples.Count };
        foreach (var fault in samples.CountBy(sample => sample.Round.Fault))
        {
            facts[$"rounds of {fault.Key}"] = fault.Value;
        }

        foreach (var road in RoadVerdict.Sum(samples.SelectMany(sample => sample.Round.Verdict.Roads)))
        {
            facts[$"{road.Road}: acknowledged"] = road.Acknowledged;
            facts[$"{road.Road}: lost"] = road.Lost;
            facts[$"{road.Road}: doubled"] = road.Doubled;
        }

        foreach (var (third, name) in new[] { (1, "middle"), (2, "last") })
        {
            var own = MemoryVerdict.Third(samples, third);
            if (own.Count > 0)
            {
                facts[string.Create(CultureInfo.InvariantCulture, $"memory of a silo in the {name} third, MiB")] =
                    own.Average(sample => sample.SiloMiB);
                facts[string.Create(CultureInfo.InvariantCulture, $"managed heap of the clients in the {name} third, MiB")] =
                    own.Average(sample => sample.ClientHeapMiB);
                facts[string.Create(CultureInfo.InvariantCulture, $"memory of the clients in the {name} third, MiB")] =
                    own.Average(sample => sample.ClientMiB);
            }
        }

        return facts;
    }
}
