using QLearning.Cli.Replay;

namespace QLearning.Cli.Tests.Replay;

/// <summary>The plot of a replay.</summary>
public sealed class LearningCurveTests
{
    [Fact]
    public void A_learned_order_that_rises_is_drawn_above_a_random_one_that_stays()
    {
        var lines = LearningCurve.Plot(
            [.. Enumerable.Range(1, 100).Select(i => new CurvePoint($"{i}", i / 100.0, 0.1, HasFailures: true))]);

        Assert.True(lines[0].LastIndexOf('#') > lines[^4].LastIndexOf('#'));
        var withRandom = lines.SkipLast(3).Where(line =>
            line.Contains('.', StringComparison.Ordinal) && line.IndexOfAny(['.', '*'], 6) > 0);
        Assert.Equal(60, Assert.Single(withRandom)[6..].Count(mark => mark is '.' or '*'));
        Assert.All(lines, line => Assert.True(line.Length <= 80));
    }

    [Fact]
    public void Cycles_without_failures_are_left_out() =>
        Assert.Equal(
            ["No cycle has a failure: there is nothing to plot."],
            LearningCurve.Plot([new CurvePoint("1", 1, 1, HasFailures: false)]));
}
