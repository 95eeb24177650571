using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Grains;

/// <summary>What a call of a grain costs when nothing is done in it: the limit of the actor runtime.</summary>
[Alias("QLearning.Bench.IEmptyGrain")]
public interface IEmptyGrain : IGrainWithStringKey
{
    /// <summary>Does nothing.</summary>
    [Alias("Call")]
    ValueTask Call();

    /// <summary>Takes and gives what a question for a best action does, and looks nothing up.</summary>
    /// <param name="state">The state.</param>
    [Alias("Answer")]
    ValueTask<BestAction?> Answer(StateKey state);

    /// <summary>Takes and gives what an update does, and learns nothing.</summary>
    /// <param name="batch">The update.</param>
    [Alias("Take")]
    ValueTask<UpdateResult> Take(UpdateBatch batch);
}
