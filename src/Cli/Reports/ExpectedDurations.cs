namespace QLearning.Cli.Reports;

/// <summary>
/// How long tests take as far as runs have told: as long as the last time. Of a test whose time was never told it is what half of the
/// others take at most.
/// </summary>
internal sealed class ExpectedDurations
{
    private readonly Dictionary<string, TimeSpan> _last = new(StringComparer.Ordinal);
    private TimeSpan? _median;

    /// <summary>Learns of a run.</summary>
    public void Add(IEnumerable<ReportedTest> tests)
    {
        foreach (var test in tests)
        {
            if (test.Duration is { } duration)
            {
                _last[test.Name] = duration;
            }
        }

        _median = _last.Count == 0 ? null : _last.Values.Order().ElementAt(_last.Count / 2);
    }

    /// <summary>How long a test took the last time; null: it never told.</summary>
    public TimeSpan? Last(string test) => _last.TryGetValue(test, out var duration) ? duration : null;

    /// <summary>How long a test is expected to take; null: no test ever told.</summary>
    public TimeSpan? Of(string test) => Last(test) ?? _median;
}
