using System.Globalization;

namespace QLearning.Bench.Soak;

/// <summary>The process at one moment of a soak.</summary>
/// <param name="At">When, from the start of the soak.</param>
/// <param name="HeapMiB">The managed heap after a full collection.</param>
/// <param name="WorkingSetMiB">The memory that the process holds.</param>
/// <param name="Backlog">Q-values that wait for PostgreSQL.</param>
/// <param name="AcknowledgedPerSecond">Updates acknowledged a second since the sample before.</param>
/// <param name="RefusedPerSecond">Calls refused a second since the sample before.</param>
internal sealed record SoakSample(
    TimeSpan At, double HeapMiB, double WorkingSetMiB, long Backlog, double AcknowledgedPerSecond, double RefusedPerSecond)
{
    private const double BytesPerMiB = 1024 * 1024;

    public static SoakSample Take(TimeSpan at, long backlog, double acknowledgedPerSecond, double refusedPerSecond) => new(
        at,
        GC.GetTotalMemory(forceFullCollection: true) / BytesPerMiB,
        Environment.WorkingSet / BytesPerMiB,
        backlog,
        acknowledgedPerSecond,
        refusedPerSecond);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:hh\\:mm\\:ss}  heap {HeapMiB:N0} MiB, working set {WorkingSetMiB:N0} MiB, backlog {Backlog:N0}, "
        + $"{AcknowledgedPerSecond:N0} updates acknowledged and {RefusedPerSecond:N1} calls refused a second");
}
