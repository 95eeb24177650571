namespace QLearning.Abstractions;

/// <summary>The numbers and sizes that calls are checked against.</summary>
public static class QLimits
{
    /// <summary>The largest size of a reward or Q-value: <c>numeric(12,6)</c>.</summary>
    public const double MaxQValue = 999_999.999999;

    /// <summary>The most items (states, transitions, Q-values) in one call.</summary>
    public const int MaxBatch = 10_000;

    /// <summary>The most actions in one selection.</summary>
    public const int MaxCandidates = 1_000;
}
