namespace QLearning.Bench.Comparisons.Grains;

/// <inheritdoc cref="ISiloHeap" />
internal sealed class SiloHeap : Grain, ISiloHeap
{
    public ValueTask<long> GetBytes() => new(GC.GetTotalMemory(forceFullCollection: true));
}
