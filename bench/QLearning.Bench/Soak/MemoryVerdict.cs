using System.Globalization;

namespace QLearning.Bench.Soak;

/// <summary>
/// Whether memory stayed flat: the last third of a soak against its middle third. The first third fills tables and caches.
/// </summary>
internal static class MemoryVerdict
{
    /// <summary>How much higher the last third may be.</summary>
    public const double AllowedGrowth = 1.2;

    private const int Thirds = 3;

    /// <summary>The samples of a third, 0 to 2; a rest goes to the first.</summary>
    public static IReadOnlyList<T> Third<T>(IReadOnlyList<T> samples, int third)
    {
        var size = samples.Count / Thirds;
        return [.. samples.Skip(samples.Count - ((Thirds - third) * size)).Take(size)];
    }

    /// <summary>What is wrong with the memory; null: nothing.</summary>
    public static string? Of(IReadOnlyList<SoakSample> samples) =>
        Of(samples, ("managed heap", sample => sample.HeapMiB), ("working set", sample => sample.WorkingSetMiB));

    /// <summary>What is wrong with the first of some measures of memory that grew; null: none did.</summary>
    /// <param name="samples">In the order in which they were taken.</param>
    /// <param name="measures">Names and values in MiB.</param>
    public static string? Of<T>(IReadOnlyList<T> samples, params (string What, Func<T, double> Measure)[] measures) =>
        samples.Count < Thirds
            ? $"there are {samples.Count} samples; {Thirds} are needed to compare the last third with the middle one."
            : measures.Select(one => Grown(samples, one.What, one.Measure)).FirstOrDefault(problem => problem is not null);

    private static string? Grown<T>(IReadOnlyList<T> samples, string what, Func<T, double> measure)
    {
        var (middle, last) = (Third(samples, 1).Average(measure), Third(samples, 2).Average(measure));
        return last <= middle * AllowedGrowth
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"the {what} grew from {middle:N0} MiB in the middle third to {last:N0} MiB in the last.");
    }
}
