using Orleans.Concurrency;

namespace QLearning.Bench.Comparisons.Grains;

/// <inheritdoc cref="IEmptyGrain" />
[Reentrant]
internal sealed class EmptyGrain : Grain, IEmptyGrain
{
    public ValueTask Call() => ValueTask.CompletedTask;
}
