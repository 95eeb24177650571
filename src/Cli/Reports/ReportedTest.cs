namespace QLearning.Cli.Reports;

/// <summary>How a test of a report ended.</summary>
internal enum ReportedOutcome
{
    /// <summary>It was skipped or disabled, or nothing is said.</summary>
    DidNotRun,
    Passed,
    Failed,
}

/// <summary>One test of a report, or of a run.</summary>
/// <param name="Name">Its class and name with a point between them; its name alone where no class is given.</param>
/// <param name="Outcome">How its last attempt ended.</param>
/// <param name="Duration">How long its last attempt took; null: that is not known.</param>
/// <param name="IsFlaky">Whether its attempts ended differently.</param>
internal sealed record ReportedTest(string Name, ReportedOutcome Outcome, TimeSpan? Duration, bool IsFlaky);
