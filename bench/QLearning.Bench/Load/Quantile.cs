namespace QLearning.Bench.Load;

/// <summary>Quantiles by nearest rank: a time that was measured, never one in between.</summary>
internal static class Quantile
{
    /// <summary>The time, in milliseconds, that a share of the calls took at most; null when there was none.</summary>
    /// <param name="sorted">The times, shortest first.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Milliseconds(List<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)].TotalMilliseconds;
}
