using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Reports;

/// <summary>
/// Turns runs into rows of a history, as a replay wants them: what did not run is left out, and each test has a duration.
/// </summary>
internal static class ReportHistory
{
    // Where no duration at all is known each test takes as long as any other.
    private const double DefaultMs = 1;

    /// <summary>The rows of each run, in the order of the runs.</summary>
    public static IEnumerable<(string Name, IEnumerable<HistoryRow> Rows)> CyclesOf(IReadOnlyList<ReportedRun> runs)
    {
        var durations = new ExpectedDurations();
        foreach (var run in runs)
        {
            var ran = run.Tests.Where(test => test.Outcome != ReportedOutcome.DidNotRun).ToList();
            durations.Add(ran);
            if (ran.Count > 0)
            {
                yield return (run.Name, ran.Select(test => RowOf(run, test, durations)).ToList());
            }
        }
    }

    /// <summary>The latest verdicts of each test before a run.</summary>
    /// <param name="runs">All runs, the earliest first.</param>
    /// <param name="run">The run; it and those after it are passed over.</param>
    public static IReadOnlyDictionary<string, PastResults> PastOf(IReadOnlyList<ReportedRun> runs, ReportedRun run)
    {
        var identity = ReportIdentity.Of(run);
        var past = new Dictionary<string, PastResults>(StringComparer.Ordinal);
        var earlier = runs.TakeWhile(other => !ReportIdentity.Of(other).SequenceEqual(identity))
            .Where(other => other.Started is null || run.Started is null || other.Started <= run.Started);
        foreach (var test in earlier.SelectMany(other => other.Tests).Where(test => test.Outcome != ReportedOutcome.DidNotRun))
        {
            past[test.Name] = past.GetValueOrDefault(test.Name).FollowedByNewer(test.Outcome == ReportedOutcome.Failed);
        }

        return past;
    }

    private static HistoryRow RowOf(ReportedRun run, ReportedTest test, ExpectedDurations durations)
    {
        var duration = durations.Of(test.Name) ?? TimeSpan.FromMilliseconds(DefaultMs);
        return new HistoryRow(run.Name, test.Name, duration.TotalMilliseconds, null, test.Outcome == ReportedOutcome.Failed)
        {
            IsDurationKnown = durations.Last(test.Name) is not null,
        };
    }
}
