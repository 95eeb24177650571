namespace QLearning.Cli.Replay;

/// <summary>
/// Plots NAPFD over the cycles as lines of text: a column is the running mean over the cycles that have a failure, <c>#</c> the learned
/// order, <c>.</c> the random one, <c>*</c> both.
/// </summary>
internal static class LearningCurve
{
    private const int MaxWidth = 60;
    private const int LookBack = 8;

    public static IReadOnlyList<string> Plot(IReadOnlyList<CurvePoint> curve)
    {
        CurvePoint[] points = [.. curve.Where(point => point.HasFailures)];
        if (points.Length == 0)
        {
            return ["No cycle has a failure: there is nothing to plot."];
        }

        var width = Math.Min(MaxWidth, points.Length);
        var columns = Enumerable.Range(0, width).Select(column => points[Stretch(column, width, points.Length)]).ToArray();
        double[] learned = [.. columns.Select(stretch => stretch.Average(point => point.Napfd))];
        double[] random = [.. columns.Select(stretch => stretch.Average(point => point.NapfdRandom))];
        var (bottom, top) = Axis([.. learned, .. random]);
        return
        [
            .. Chart.Draw([('#', learned), ('.', random)], bottom, top, Chart.Plain),
            $"      running mean of NAPFD over {Counted.Of(points.Length, "cycle")} with failures,",
            $"      {points[0].Cycle} to {points[^1].Cycle}: # learned order, . random order",
        ];
    }

    // Single cycles differ by far more than learning moves them: each column looks back over an eighth of the history.
    private static Range Stretch(int column, int width, int count)
    {
        var end = (column + 1) * count / width;
        return Math.Max(0, Math.Min(end - 1, end - (count / LookBack)))..end;
    }

    // In whole tenths around what is plotted, at least one tenth high.
    private static (double Bottom, double Top) Axis(double[] values)
    {
        var bottom = Math.Floor(values.Min() * 10) / 10;
        return (bottom, Math.Max(Math.Ceiling(values.Max() * 10) / 10, bottom + 0.1));
    }
}
