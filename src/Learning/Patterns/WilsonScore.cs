namespace QLearning.Learning.Patterns;

/// <summary>
/// The Wilson score interval of a success rate (E. B. Wilson, 1927, JASA 22): honest about small numbers, never outside 0 to 1.
/// </summary>
public static class WilsonScore
{
    /// <summary>The 97.5 % quantile of the normal distribution, for an interval of 95 %.</summary>
    public const double Z = 1.959963984540054;

    /// <summary>The lower bound: (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).</summary>
    /// <param name="successes">0 or more.</param>
    /// <param name="trials">At least as many; 0: nothing is known, and the bound is 0.</param>
    public static double LowerBound(int successes, int trials)
    {
        if (trials <= 0)
        {
            return 0;
        }

        double n = trials;
        var p = successes / n;
        var bound = (p + (Z * Z / (2 * n)) - (Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n))))) / (1 + (Z * Z / n));
        return Math.Clamp(bound, 0, 1);
    }
}
