namespace QLearning.Abstractions;

/// <summary>Asks for an action by the agent type's exploration policy.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.SelectActionRequest")]
public sealed record SelectActionRequest
{
    /// <summary>The state to act in.</summary>
    [Id(0)]
    public required StateKey State { get; init; }

    /// <summary>The actions to choose from, at most <see cref="QLimits.MaxCandidates"/>; empty: those learned in this state.</summary>
    [Id(1)]
    public IReadOnlyList<AgentAction> Candidates { get; init; } = [];

    /// <summary>The exploration rate ε of this agent, 0 to 1; null: the agent type's.</summary>
    [Id(2)]
    public double? ExplorationRate { get; init; }

    /// <summary>
    /// The seed of this choice: the same seed, candidates and Q-values give the same action. Null: the grain's own random numbers.
    /// </summary>
    [Id(3)]
    public int? Seed { get; init; }
}

/// <summary>The answer to <see cref="SelectActionRequest"/>.</summary>
/// <param name="Action">The chosen action.</param>
/// <param name="QValue">Its Q-value, 0 when it was never learned.</param>
/// <param name="Explored">True when the choice is not one of the actions with the highest Q-value.</param>
/// <param name="Propensity">The probability with which the policy chooses this action in this state.</param>
/// <param name="Replaced">
/// The action that an agent chose before in the same step and whose reward was never reported: it is dropped, and nothing is learned of it.
/// Null: there is none.
/// </param>
[GenerateSerializer, Immutable]
[Alias("QLearning.SelectedAction")]
public sealed record SelectedAction(
    [property: Id(0)] AgentAction Action,
    [property: Id(1)] double QValue,
    [property: Id(2)] bool Explored,
    [property: Id(3)] double Propensity,
    [property: Id(4)] AgentAction? Replaced = null);
