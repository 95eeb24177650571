using System.Globalization;
using QLearning.Cli.Replay.History;
using QLearning.Silo;

namespace QLearning.Cli.Replay;

/// <summary>
/// Reads a CI history and plays it: once on a cluster that remembers, or with several seeds on clusters that know nothing yet.
/// </summary>
internal sealed class ReplayJob(Output output, TimeProvider time)
{
    private readonly ReplayProgress _progress = new(output);

    /// <summary>Plays it on the cluster that the settings name, which keeps what it learns.</summary>
    public async Task<ReplayResult> RunAsync(
        string path, HistoryOptions options, int seed, SiloSettings settings, CancellationToken cancellationToken)
    {
        var cycles = CiHistory.Read(path, options);
        var began = time.GetTimestamp();
        return Result(path, cycles, [await PlayAsync(path, cycles, seed, settings, cancellationToken)], isKept: true, began);
    }

    /// <summary>Plays it with each seed on a cluster of its own, which is gone afterwards.</summary>
    public async Task<ReplayResult> RunFreshAsync(
        string path, HistoryOptions options, IReadOnlyList<int> seeds, CancellationToken cancellationToken)
    {
        // Before anything is created or told.
        await QLearningSilo.CheckAsync(new SiloSettings());
        var cycles = CiHistory.Read(path, options);
        var began = time.GetTimestamp();
        var runs = new List<ReplayRunResult>(seeds.Count);
        foreach (var seed in seeds)
        {
            var folder = Directory.CreateTempSubdirectory("qlearning-replay-");
            try
            {
                var settings = new SiloSettings { DataFolder = folder.FullName, Fsync = false };
                runs.Add(await PlayAsync(path, cycles, seed, settings, cancellationToken));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        return Result(path, cycles, runs, isKept: false, began);
    }

    private async Task<ReplayRunResult> PlayAsync(
        string path, IReadOnlyList<CiCycle> cycles, int seed, SiloSettings settings, CancellationToken cancellationToken)
    {
        await using var cluster = await ReplayCluster.OpenAsync(settings, cancellationToken);
        var run = new ReplayRun(cluster.Client, cycles, Path.GetFileName(path), time);
        var what = string.Create(CultureInfo.InvariantCulture, $"Replaying cycles, seed {seed}");
        return await _progress.ShowAsync(what, cycles.Count, onCycle => run.RunAsync(seed, onCycle, cancellationToken));
    }

    private ReplayResult Result(
        string path, IReadOnlyList<CiCycle> cycles, List<ReplayRunResult> runs, bool isKept, long began) => new(
        Path.GetFileName(path),
        cycles.Count,
        runs[0].Curve.Count(point => !point.HasFailures),
        cycles.Count(cycle => cycle.IsWithoutChance),
        cycles.Sum(cycle => cycle.Tests.Count),
        CycleMean.Of([.. runs.Select(run => run.Napfd)]),
        CycleMean.Of([.. runs.Select(run => run.NapfdRandom)]),
        runs,
        isKept,
        time.GetElapsedTime(began).TotalSeconds);
}
