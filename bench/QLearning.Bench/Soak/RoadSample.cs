using System.Globalization;
using QLearning.Bench.Chaos;

namespace QLearning.Bench.Soak;

/// <summary>Silos and clients after one round of a soak of all roads, when all that was learned is stored.</summary>
/// <param name="At">When, from the start of the soak.</param>
/// <param name="Round">What was done in the round.</param>
/// <param name="SiloMiB">The memory that a silo's process holds, on average.</param>
/// <param name="ClientHeapMiB">The managed heap of the clients' process after a full collection.</param>
/// <param name="ClientMiB">The memory that the clients' process holds.</param>
internal sealed record RoadSample(TimeSpan At, RoundResult Round, double SiloMiB, double ClientHeapMiB, double ClientMiB)
{
    private const double BytesPerMiB = 1024 * 1024;

    public static RoadSample Take(TimeSpan at, RoundResult round, ChaosCluster cluster) => new(
        at,
        round,
        cluster.Silos.Average(silo => silo.WorkingSet) / BytesPerMiB,
        GC.GetTotalMemory(forceFullCollection: true) / BytesPerMiB,
        Environment.WorkingSet / BytesPerMiB);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:hh\\:mm\\:ss}  silo {SiloMiB:N0} MiB, clients {ClientMiB:N0} MiB (heap {ClientHeapMiB:N0} MiB); {Round.Fault}: "
        + $"{Round.Verdict.Acknowledged:N0} acknowledged, {Round.Verdict.Lost} lost, {Round.Verdict.Doubled} doubled. "
        + $"{string.Join(' ', Round.Verdict.Findings)}");
}
