namespace QLearning.Learning.Exploration;

/// <summary>How an agent's exploration rate falls: at each episode's end ε becomes ε·factor, but never less than the minimum.</summary>
/// <param name="Factor">0 to 1.</param>
/// <param name="Minimum">0 to 1.</param>
public readonly record struct ExplorationDecay(double Factor, double Minimum)
{
    /// <summary>The decay an agent type is set to.</summary>
    /// <param name="type">The agent type.</param>
    /// <exception cref="InvalidInputException">Its factor or minimum is not 0 to 1.</exception>
    public static ExplorationDecay Of(AgentTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new ExplorationDecay(
            InputCheck.Fraction("exploration decay", type.ExplorationDecay),
            InputCheck.Fraction("minimum exploration rate", type.MinExplorationRate));
    }

    /// <summary>The exploration rate after one more episode.</summary>
    /// <param name="explorationRate">ε during the episode. One that is under the minimum already is raised to it.</param>
    public double After(double explorationRate) => Math.Max(explorationRate * Factor, Minimum);
}
