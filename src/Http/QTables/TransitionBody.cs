using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.QTables;

/// <summary>One step to learn from.</summary>
internal record TransitionBody
{
    /// <summary>The state the action was taken in.</summary>
    public required StateValue State { get; init; }

    /// <summary>The action that was taken.</summary>
    public required ActionValue Action { get; init; }

    /// <summary>The reward.</summary>
    public required double Reward { get; init; }

    /// <summary>The state that followed; may be left out only when done.</summary>
    public StateValue? NextState { get; init; }

    /// <summary>The action taken next; SARSA needs it unless the episode ended.</summary>
    public ActionValue? NextAction { get; init; }

    /// <summary>All actions possible in the next state; left out: only those learned count.</summary>
    public IReadOnlyList<ActionValue>? NextActions { get; init; }

    /// <summary>Whether the episode ended with this step: nothing follows.</summary>
    public bool Done { get; init; }

    /// <summary>Whether a limit cut the episode with this step: the next state still counts.</summary>
    public bool Truncated { get; init; }

    /// <summary>The step size α of this update; left out: the agent type's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The exploration rate ε the agent acts with next; left out: the agent type's.</summary>
    public double? ExplorationRate { get; init; }

    public Transition ToTransition() => new()
    {
        State = State.State,
        Action = Action.Action,
        Reward = Reward,
        NextState = NextState?.State,
        NextAction = NextAction?.Action,
        NextActions = NextActions is null ? null : [.. NextActions.Select(action => action.Action.Key)],
        Done = Done,
        Truncated = Truncated,
        LearningRate = LearningRate,
        ExplorationRate = ExplorationRate,
    };
}

/// <summary>One step to learn from, and when to answer.</summary>
internal sealed record LearnBody : TransitionBody
{
    /// <summary>True: answer after the commit. False: at once. Left out: as the agent type is set.</summary>
    public bool? Durable { get; init; }
}
