using System.Globalization;

namespace QLearning.Bench.Comparisons;

/// <summary>What a case must reach: a ratio to a rival, or a figure of its own, and its limit.</summary>
/// <param name="Name">The name of the ratio.</param>
/// <param name="Limit">The least or the most that is allowed.</param>
/// <param name="IsLeast">Whether the limit is the least.</param>
/// <param name="Find">Reads it from the figures of ourselves and of the rivals by name; null when the rival did not take part.</param>
internal sealed record Goal(string Name, double Limit, bool IsLeast, Func<Figures, IReadOnlyDictionary<string, Figures>, double?> Find)
{
    /// <summary>The goal in words.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Name} {(IsLeast ? "≥" : "≤")} {Limit:#,0.##}");

    /// <summary>At least so many times as much as a rival.</summary>
    public static Goal Times(string rival, double least) =>
        new($"× {rival}", least, true, (own, rivals) => own.Median / rivals.GetValueOrDefault(rival)?.Median);

    /// <summary>At most so many times as much as a rival.</summary>
    public static Goal TimesAtMost(string rival, double most) =>
        new($"× {rival}", most, false, (own, rivals) => own.Median / rivals.GetValueOrDefault(rival)?.Median);

    /// <summary>A median time of at most so many times a rival's.</summary>
    public static Goal P50(string rival, double most) =>
        new($"p50 × {rival}", most, false, (own, rivals) => own.P50 / rivals.GetValueOrDefault(rival)?.P50);

    /// <summary>A 99th percentile of at most so many times a rival's.</summary>
    public static Goal P99(string rival, double most) =>
        new($"p99 × {rival}", most, false, (own, rivals) => own.P99 / rivals.GetValueOrDefault(rival)?.P99);

    /// <summary>A ratio of 99th percentiles that is told, whatever it is.</summary>
    public static Goal P99Told(string rival) => P99(rival, double.PositiveInfinity);

    /// <summary>One rival at least so many times as much as another.</summary>
    public static Goal Between(string rival, string other, double least) =>
        new($"{rival} × {other}", least, true, (_, rivals) =>
            rivals.GetValueOrDefault(rival)?.Median / rivals.GetValueOrDefault(other)?.Median);

    /// <summary>At least so much.</summary>
    public static Goal AtLeast(string unit, double least) => new(unit, least, true, (own, _) => own.Median);

    /// <summary>At most so much.</summary>
    public static Goal AtMost(string unit, double most) => new(unit, most, false, (own, _) => own.Median);

    /// <summary>At least so much of the other figure.</summary>
    public static Goal ExtraAtLeast(string name, double least) => new(name, least, true, (own, _) => own.Extra);

    /// <summary>At most so much of the other figure.</summary>
    public static Goal ExtraAtMost(string name, double most) => new(name, most, false, (own, _) => own.Extra);

    /// <summary>The other figure is told, whatever it is.</summary>
    public static Goal ExtraTold(string name) => new(name, double.NegativeInfinity, true, (own, _) => own.Extra);

    /// <summary>A ratio that is told, whatever it is.</summary>
    public static Goal Told(string rival) => Times(rival, double.NegativeInfinity);

    /// <summary>Whether there is anything to reach.</summary>
    public bool IsLimited => double.IsFinite(Limit);

    /// <summary>Whether a value reaches the limit.</summary>
    public bool IsMet(double value) => IsLeast ? value >= Limit : value <= Limit;
}
