using Orleans.Concurrency;
using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Grains;

/// <inheritdoc cref="IEmptyGrain" />
[Reentrant]
internal sealed class EmptyGrain : Grain, IEmptyGrain
{
    private static readonly BestAction _best = new(Workload.Action(0).Key, Workload.Action(0).Json!, 0.5, 0.5, 1);

    private static readonly Guid _owner = Guid.NewGuid();

    public ValueTask Call() => ValueTask.CompletedTask;

    public ValueTask<BestAction?> Answer(StateKey state) => new(_best);

    public ValueTask<UpdateResult> Take(UpdateBatch batch) => new(new UpdateResult
    {
        Owner = _owner,
        Durable = 1,
        Results = [.. batch.Groups.SelectMany(group => group.Transitions).Select(_ => new LearnResult(0.5, 1, 0.5, 1, 1))],
    });
}
