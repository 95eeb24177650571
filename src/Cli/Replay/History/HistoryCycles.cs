using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>Puts the rows of a history together to cycles.</summary>
internal static class HistoryCycles
{
    // What is stored of a run's time; a cycle is run for half of it.
    private static readonly TimeSpan _longestRun = TimeSpan.FromMilliseconds(int.MaxValue);

    public static IReadOnlyList<CiCycle> Of(string path, IReadOnlyList<HistoryRow> rows, HistoryOptions options) =>
        Of(path, InOrder(rows), options);

    /// <summary>Makes cycles of rows that have been put in order, the earliest first.</summary>
    public static IReadOnlyList<CiCycle> Of(
        string path, IEnumerable<(string Name, IEnumerable<HistoryRow> Rows)> inOrder, HistoryOptions options)
    {
        var past = new Dictionary<string, PastResults>(StringComparer.Ordinal);
        return [.. inOrder.Select(cycle => Make(path, cycle.Name, options.CountsEachRow ? [.. cycle.Rows] : Once(cycle.Rows), past))];
    }

    private static IEnumerable<(string Name, IEnumerable<HistoryRow> Rows)> InOrder(IReadOnlyList<HistoryRow> rows)
    {
        if (!rows.All(row => HistoryFields.CycleNumber(row.Cycle, out _)))
        {
            return rows.GroupBy(row => row.Cycle).Select(cycle => (cycle.Key, cycle.AsEnumerable()));
        }

        return rows.GroupBy(row => HistoryFields.CycleNumber(row.Cycle, out var digits) ? digits : row.Cycle, StringComparer.Ordinal)
            .OrderBy(cycle => cycle.Key.Length)
            .ThenBy(cycle => cycle.Key, StringComparer.Ordinal)
            .Select(cycle => (cycle.Key, cycle.AsEnumerable()));
    }

    /// <summary>
    /// Each test once: the verdict and the duration are those of its last row, what was known before is what its first row says, since
    /// the others know verdicts of this very cycle.
    /// </summary>
    private static List<HistoryRow> Once(IEnumerable<HistoryRow> rows) =>
        [.. rows.GroupBy(row => row.Name, StringComparer.Ordinal).Select(test => test.Last() with { Results = test.First().Results })];

    private static CiCycle Make(string path, string name, List<HistoryRow> rows, Dictionary<string, PastResults> past)
    {
        ScheduledTest[] tests =
        [
            .. rows.Select(row => new ScheduledTest(row.Name, row.DurationMs, row.Results ?? past.GetValueOrDefault(row.Name))
            {
                IsDurationKnown = row.IsDurationKnown,
            }),
        ];
        foreach (var row in rows)
        {
            past[row.Name] = past.GetValueOrDefault(row.Name).FollowedByNewer(row.Failed);
        }

        var days = TimeSpan.FromMilliseconds(Math.Min(tests.Sum(test => test.DurationMs) / 2, TimeSpan.MaxValue.TotalMilliseconds / 2));
        return days <= _longestRun
            ? new CiCycle(name, tests, [.. rows.Select(row => row.Failed)])
            : throw InvalidInputException.For(
                "CI history", path,
                string.Create(CultureInfo.InvariantCulture, $"the tests of cycle {name} take {2 * days.TotalDays:N0} days"),
                string.Create(CultureInfo.InvariantCulture,
                    $"up to {2 * _longestRun.TotalDays:N0} days; --duration-unit says what the numbers mean"));
    }
}
