using System.Globalization;
using QLearning.Cli.Replay;

namespace QLearning.Cli.Ranking;

/// <summary>Ranks the tests of a history for its next run, by the views and the priority that a replay orders them by.</summary>
internal sealed class TestRanking(ITestValues values, int seed)
{
    private const double MillisecondsPerSecond = 1000;

    private readonly TestViews _views = new();
    private readonly Dictionary<string, KnownTest> _tests = new(StringComparer.Ordinal);
    private int _runs;

    /// <summary>Learns from all tests of a run. Those of earlier runs that are not in it stay in the order.</summary>
    public void Add(CiCycle cycle)
    {
        _runs++;
        foreach (var executed in cycle.RunAll())
        {
            var test = cycle.Tests[executed.Index];
            values.Learn(_views.Of(test), executed.Failed);
            if (!_tests.TryGetValue(test.Name, out var known))
            {
                _tests[test.Name] = known = new KnownTest(test.Name);
            }

            known.Add(test, executed.Failed);
        }
    }

    /// <summary>The order for the next run.</summary>
    /// <param name="budget">The time that the tests may take; null: all tests are in it.</param>
    /// <param name="leftOut">Tests that will not run.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<Ranking> RankAsync(TimeSpan? budget, IReadOnlySet<string> leftOut, CancellationToken cancellationToken)
    {
        var tests = _tests.Values.Where(test => !leftOut.Contains(test.Name)).OrderBy(test => test.Name, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(tests);
        var views = tests.ToDictionary(
            test => test, test => _views.Of(new ScheduledTest(test.Name, test.DurationMs, test.Past)));
        var known = await values.ReadAsync(
            views.Values.SelectMany(view => view).Select(state => state.Key).ToHashSet(), cancellationToken);
        var priority = new Priority(values.LearningRate);
        var order = tests
            .Select(test => new RankedTest(
                test.Name,
                priority.Of([.. views[test].Select(state => known[state.Key])], test.DurationMs),
                test.DurationMs / MillisecondsPerSecond,
                Reason(test)))
            .OrderByDescending(test => test.Priority);
        return Fit(order, budget);
    }

    private Ranking Fit(IEnumerable<RankedTest> order, TimeSpan? budget)
    {
        // As a replay does: what does not fit is passed over, and what comes later and fits is not.
        var (used, leftOut) = (0.0, 0);
        var tests = new List<RankedTest>();
        foreach (var test in order)
        {
            if (used + test.Seconds > (budget?.TotalSeconds ?? double.PositiveInfinity))
            {
                leftOut++;
                continue;
            }

            used += test.Seconds;
            tests.Add(test);
        }

        return new Ranking(_runs, used, leftOut, tests);
    }

    private static string Reason(KnownTest test)
    {
        var past = test.LastFailure switch
        {
            null when test.Runs == 1 => "passed in its only run",
            null => string.Create(CultureInfo.InvariantCulture, $"passed in all of {test.Runs} runs"),
            1 when test.Runs == 1 => "failed in its only run",
            1 => string.Create(CultureInfo.InvariantCulture, $"failed in its last run, and in {test.Failures} of {test.Runs}"),
            { } runs => string.Create(CultureInfo.InvariantCulture, $"failed {runs} runs ago, and in {test.Failures} of {test.Runs}"),
        };
        var duration = test.IsDurationKnown ? "takes" : "its time is not known, taken for";
        return string.Create(CultureInfo.InvariantCulture, $"{past}; {duration} {test.DurationMs / MillisecondsPerSecond:0.###} s");
    }
}
