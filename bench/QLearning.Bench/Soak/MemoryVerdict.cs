using System.Globalization;

namespace QLearning.Bench.Soak;

/// <summary>Whether memory stayed flat: the last third of a soak against its middle third. The first third fills tables and caches.</summary>
internal static class MemoryVerdict
{
    /// <summary>How much higher the last third may be.</summary>
    public const double AllowedGrowth = 1.2;

    private const int Thirds = 3;

    /// <summary>The samples of a third, 0 to 2; a rest goes to the first.</summary>
    public static IReadOnlyList<SoakSample> Third(IReadOnlyList<SoakSample> samples, int third)
    {
        var size = samples.Count / Thirds;
        return [.. samples.Skip(samples.Count - ((Thirds - third) * size)).Take(size)];
    }

    /// <summary>What is wrong with the memory; null: nothing.</summary>
    public static string? Of(IReadOnlyList<SoakSample> samples)
    {
        if (samples.Count < Thirds)
        {
            return $"there are {samples.Count} samples; {Thirds} are needed to compare the last third with the middle one.";
        }

        return Grown(samples, "managed heap", sample => sample.HeapMiB) ?? Grown(samples, "working set", sample => sample.WorkingSetMiB);
    }

    private static string? Grown(IReadOnlyList<SoakSample> samples, string what, Func<SoakSample, double> measure)
    {
        var (middle, last) = (Third(samples, 1).Average(measure), Third(samples, 2).Average(measure));
        return last <= middle * AllowedGrowth
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"the {what} grew from {middle:N0} MiB in the middle third to {last:N0} MiB in the last.");
    }
}
