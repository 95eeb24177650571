namespace QLearning.Bench.Comparisons;

/// <summary>What one turn of a contender gave.</summary>
/// <param name="Value">The figure that is compared, in the unit of its contest.</param>
/// <param name="P50">The time in milliseconds that half of the calls took at most; null when no calls were timed.</param>
/// <param name="P99">The time in milliseconds that 99 % of the calls took at most.</param>
internal sealed record Sample(double Value, double? P50 = null, double? P99 = null)
{
    /// <summary>Another figure that a goal asks for, such as a share; null when there is none.</summary>
    public double? Extra { get; init; }
}
