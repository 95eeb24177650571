namespace QLearning.Learning.Exploration;

/// <summary>Makes the policy that an agent type is set to.</summary>
public static class ExplorationPolicies
{
    /// <summary>The agent type's policy.</summary>
    /// <param name="type">The agent type.</param>
    /// <param name="explorationRate">The agent's own ε, 0 to 1; null: the type's. Only ε-greedy has one.</param>
    /// <exception cref="InvalidInputException">ε, the temperature or the constant is out of range, or the policy is unknown.</exception>
    public static IExplorationPolicy For(AgentTypeInfo type, double? explorationRate)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.Settings.ExplorationPolicy switch
        {
            ExplorationPolicy.EpsilonGreedy => new EpsilonGreedy(explorationRate ?? type.ExplorationRate),
            ExplorationPolicy.Greedy => Greedy.Instance,
            ExplorationPolicy.Softmax => new Softmax(type.Settings.Temperature),
            ExplorationPolicy.Ucb1 => new Ucb1(type.Settings.Ucb1Constant),
            var unknown => throw InvalidInputException.For(
                "exploration policy", unknown, "it is unknown", string.Join(", ", Enum.GetNames<ExplorationPolicy>())),
        };
    }
}
