using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Grains;

/// <summary>Code inside a silo that asks for best actions, as an agent's grain does.</summary>
[Alias("QLearning.Bench.IInsideCaller")]
public interface IInsideCaller : IGrainWithIntegerKey
{
    /// <summary>Asks as often as it can.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="states">The states, in turn.</param>
    /// <param name="duration">For how long.</param>
    /// <returns>How often it was answered.</returns>
    [Alias("Ask")]
    [ResponseTimeout("01:10:00")]
    ValueTask<int> Ask(string agentType, StateKey[] states, TimeSpan duration);

    /// <summary>Asks for many states in one call as often as it can.</summary>
    /// <param name="owner">The grain that owns the states.</param>
    /// <param name="states">The states.</param>
    /// <param name="duration">For how long.</param>
    /// <returns>How many best actions it got.</returns>
    [Alias("AskMany")]
    [ResponseTimeout("01:10:00")]
    ValueTask<long> AskMany(string owner, StateKey[] states, TimeSpan duration);
}
