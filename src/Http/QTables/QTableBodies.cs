using QLearning.Http.Bodies;

namespace QLearning.Http.QTables;

/// <summary>States to ask about.</summary>
/// <param name="States">At most 10,000.</param>
internal sealed record StatesBody(IReadOnlyList<StateValue> States);

/// <summary>Asks for an action by the agent type's exploration policy.</summary>
internal sealed record SelectBody
{
    /// <summary>The state to act in.</summary>
    public required StateValue State { get; init; }

    /// <summary>The actions to choose from, at most 1,000; left out: those learned in this state.</summary>
    public IReadOnlyList<ActionValue> Candidates { get; init; } = [];

    /// <summary>The exploration rate ε of this agent, 0 to 1; left out: the agent type's.</summary>
    public double? ExplorationRate { get; init; }

    /// <summary>The seed of this choice: the same seed, candidates and Q-values give the same action.</summary>
    public int? Seed { get; init; }
}

/// <summary>Steps to learn from, in this order.</summary>
internal sealed record LearnManyBody
{
    /// <summary>At most 10,000. Of those whose states one partition owns all are learned, or none.</summary>
    public required IReadOnlyList<TransitionBody> Transitions { get; init; }

    /// <summary>True: answer after the commit. False: at once. Left out: as the agent type is set.</summary>
    public bool? Durable { get; init; }
}

/// <summary>A Q-value as the caller computed it.</summary>
/// <param name="State">The state.</param>
/// <param name="Action">The action.</param>
/// <param name="QValue">The Q-value, at most 999,999.999999 in size.</param>
internal sealed record QValueBody(StateValue State, ActionValue Action, double QValue);

/// <summary>Q-values to store as they are.</summary>
internal sealed record QValuesBody
{
    /// <summary>At most 10,000.</summary>
    public required IReadOnlyList<QValueBody> QValues { get; init; }

    /// <summary>True: answer after the commit. False: at once. Left out: as the agent type is set.</summary>
    public bool? Durable { get; init; }
}
