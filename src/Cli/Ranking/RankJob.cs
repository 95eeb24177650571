using QLearning.Cli.Replay.History;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Ranking;

/// <summary>Reads a history and ranks its tests for the next run.</summary>
internal static class RankJob
{
    /// <param name="path">A folder of reports, or a CSV history.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="values">What tests are ranked by.</param>
    /// <param name="budget">The time that the tests may take; null: all are in the order.</param>
    /// <param name="seed">Decides between equal tests.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Abstractions.InvalidInputException">The history cannot be read.</exception>
    public static Task<Ranking> RankAsync(
        string path, HistoryOptions options, ITestValues values, TimeSpan? budget, int seed, CancellationToken cancellationToken)
    {
        var ranking = new TestRanking(values, seed);
        var cycles = CiHistory.Read(path, options, out var runs);
        foreach (var cycle in cycles)
        {
            ranking.Add(cycle);
        }

        return ranking.RankAsync(budget, SkippedAtLast(runs), cancellationToken);
    }

    /// <summary>Tests of which the latest report says that they did not run: they are switched off.</summary>
    private static HashSet<string> SkippedAtLast(IReadOnlyList<ReportedRun> runs)
    {
        var skipped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var test in runs.SelectMany(run => run.Tests))
        {
            if (test.Outcome == ReportedOutcome.DidNotRun)
            {
                skipped.Add(test.Name);
            }
            else
            {
                skipped.Remove(test.Name);
            }
        }

        return skipped;
    }
}
