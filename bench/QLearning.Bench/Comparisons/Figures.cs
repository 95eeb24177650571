namespace QLearning.Bench.Comparisons;

/// <summary>All turns of one contender.</summary>
/// <param name="Median">The median of the turns.</param>
/// <param name="Spread">The distance between the lowest and the highest turn, as a share of the median.</param>
/// <param name="P50">The median of the turns' medians, in milliseconds.</param>
/// <param name="P99">The median of the turns' 99th percentiles, in milliseconds.</param>
/// <param name="Extra">The median of the turns' other figure.</param>
internal sealed record Figures(double Median, double Spread, double? P50, double? P99, double? Extra)
{
    public static Figures Of(IReadOnlyList<Sample> turns)
    {
        var median = MedianOf(turns, turn => turn.Value)!.Value;
        var spread = median == 0 ? 0 : (turns.Max(turn => turn.Value) - turns.Min(turn => turn.Value)) / median;
        return new Figures(
            median, Math.Round(spread, 3), MedianOf(turns, turn => turn.P50), MedianOf(turns, turn => turn.P99),
            MedianOf(turns, turn => turn.Extra));
    }

    private static double? MedianOf(IEnumerable<Sample> turns, Func<Sample, double?> figure)
    {
        var sorted = turns.Select(figure).OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
