namespace QLearning.Cli.Reports;

/// <summary>One finished run: all its reports together, each test once.</summary>
/// <param name="Name">The name of its folder or file.</param>
/// <param name="Started">When it began; null: its reports do not say.</param>
/// <param name="Tests">Its tests, in the order of their first records.</param>
/// <param name="SuiteErrors">How many suites ended with an error of their own.</param>
internal sealed record ReportedRun(string Name, DateTimeOffset? Started, IReadOnlyList<ReportedTest> Tests, int SuiteErrors)
{
    /// <summary>Puts reports together, the earliest first: of several records of a test the last decides.</summary>
    public static ReportedRun Of(string name, IEnumerable<TestReport> reports)
    {
        var tests = new Dictionary<string, ReportedTest>(StringComparer.Ordinal);
        var order = new List<string>();
        DateTimeOffset? started = null;
        var errors = 0;
        foreach (var report in reports.OrderBy(report => report.Started ?? DateTimeOffset.MaxValue))
        {
            started = ReportFields.Earlier(started, report.Started);
            errors += report.SuiteErrors.Count;
            foreach (var record in report.Records)
            {
                if (tests.TryGetValue(record.Name, out var earlier))
                {
                    tests[record.Name] = Later(earlier, record);
                }
                else
                {
                    tests[record.Name] = record;
                    order.Add(record.Name);
                }
            }
        }

        return new ReportedRun(name, started, [.. order.Select(test => tests[test])], errors);
    }

    // What did not run says nothing of an attempt that did.
    private static ReportedTest Later(ReportedTest earlier, ReportedTest later) => (earlier.Outcome, later.Outcome) switch
    {
        (not ReportedOutcome.DidNotRun, ReportedOutcome.DidNotRun) => earlier,
        (ReportedOutcome.DidNotRun, _) => later,
        var (before, now) => later with
        {
            Duration = later.Duration ?? earlier.Duration,
            IsFlaky = before != now || earlier.IsFlaky || later.IsFlaky,
        },
    };
}
