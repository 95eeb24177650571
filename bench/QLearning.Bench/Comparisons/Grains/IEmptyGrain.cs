namespace QLearning.Bench.Comparisons.Grains;

/// <summary>What a call of a grain costs when nothing is done in it: the limit of the actor runtime.</summary>
[Alias("QLearning.Bench.IEmptyGrain")]
public interface IEmptyGrain : IGrainWithStringKey
{
    /// <summary>Does nothing.</summary>
    [Alias("Call")]
    ValueTask Call();
}
