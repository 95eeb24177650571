namespace QLearning.Cli.Reports;

/// <summary>How many tests of a run did what.</summary>
/// <param name="Passed">Those that passed, flaky ones too.</param>
/// <param name="Failed">Those that failed, and suites that ended with an error of their own.</param>
/// <param name="Skipped">Those that did not run.</param>
internal sealed record ReportCounts(int Passed, int Failed, int Skipped)
{
    /// <summary>Counts a run.</summary>
    public static ReportCounts Of(ReportedRun run) => new(
        run.Tests.Count(test => test.Outcome == ReportedOutcome.Passed),
        run.Tests.Count(test => test.Outcome == ReportedOutcome.Failed) + run.SuiteErrors,
        run.Tests.Count(test => test.Outcome == ReportedOutcome.DidNotRun));
}
