using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http.Bodies;
using QLearning.Http.QTables;

namespace QLearning.Http.Agents;

/// <summary>A new episode.</summary>
/// <param name="EpisodeId">Its id, which becomes its trajectory's.</param>
/// <param name="Step">The first step: 0.</param>
/// <param name="StartedAt">Now. Keep it with the steps, to bring the episode back should its silo be lost.</param>
internal sealed record EpisodeAnswer(Guid EpisodeId, int Step, DateTimeOffset StartedAt);

/// <summary>Asks for the action of a step.</summary>
internal sealed record StepActionBody
{
    /// <summary>The state to act in.</summary>
    public required StateValue State { get; init; }

    /// <summary>The actions to choose from, at most 1,000; left out: those learned in this state.</summary>
    public IReadOnlyList<ActionValue> Candidates { get; init; } = [];

    /// <summary>The task, 1 to 100 characters; left out: the episode's id. Counts at the first step only.</summary>
    public string? TaskId { get; init; }

    /// <summary>The seed of this choice.</summary>
    public int? Seed { get; init; }
}

/// <summary>The action of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Action">The action.</param>
/// <param name="QValue">Its Q-value, 0 when it was never learned.</param>
/// <param name="Explored">Whether it is not one of those with the highest Q-value.</param>
/// <param name="Propensity">The probability with which the policy chooses it in this state.</param>
/// <param name="ExplorationRate">The agent's exploration rate it was chosen with.</param>
/// <param name="Replaced">The action chosen before for this step, of which nothing is learned; null: none.</param>
internal sealed record StepActionAnswer(
    int Step,
    ActionAnswer Action,
    double QValue,
    bool Explored,
    double Propensity,
    double ExplorationRate,
    ActionAnswer? Replaced)
{
    public static StepActionAnswer Of(AgentDecision decision) => new(
        decision.Step,
        ActionAnswer.Of(decision.Selected.Action),
        decision.Selected.QValue,
        decision.Selected.Explored,
        decision.Selected.Propensity,
        decision.ExplorationRate,
        decision.Selected.Replaced is { } replaced ? ActionAnswer.Of(replaced) : null);
}

/// <summary>What the action of a step led to.</summary>
internal sealed record StepOutcomeBody
{
    /// <summary>The reward, at most 999,999.999999 in size.</summary>
    public required double Reward { get; init; }

    /// <summary>The state that followed.</summary>
    public required StateValue NextState { get; init; }

    /// <summary>All actions possible in the next state; left out: only those learned count.</summary>
    public IReadOnlyList<ActionValue>? NextActions { get; init; }

    /// <summary>Whether the episode ended since its task was over.</summary>
    public bool Done { get; init; }

    /// <summary>Whether a limit cut the episode: it ends, and the next state still counts.</summary>
    public bool Truncated { get; init; }

    /// <summary>Whether the task succeeded; counts when the episode ended.</summary>
    public bool Success { get; init; } = true;

    /// <summary>Why it failed; counts when the episode ended.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Where the rewards came from, at most 100 characters; counts when the episode ended.</summary>
    public string? RewardSource { get; init; }

    /// <summary>The patterns that were used, at most 100; counts when the episode ended.</summary>
    public IReadOnlyList<Guid> PatternsUsed { get; init; } = [];

    /// <summary>The action that led to it; left out: that of the newest choice. Another one than that is refused.</summary>
    public ActionValue? Action { get; init; }

    /// <summary>The state it was taken in; left out: that of the newest choice. Another one than that is refused.</summary>
    public StateValue? State { get; init; }

    /// <summary>Whether to answer after the commit. The end of an episode always is, and so is every request with a key.</summary>
    public bool Durable { get; init; }

    public AgentOutcome ToOutcome() => new()
    {
        Reward = Reward,
        NextState = NextState.State,
        NextActions = NextActions is null ? null : [.. NextActions.Select(action => action.Action.Key)],
        Done = Done,
        Truncated = Truncated,
        Success = Success,
        ErrorMessage = ErrorMessage,
        RewardSource = RewardSource,
        PatternsUsed = PatternsUsed,
        Action = Action?.Action.Key,
        ActionState = State?.State.Key,
    };
}

/// <summary>What became of a step.</summary>
/// <param name="NextStep">The number of the next step; null when the episode ended.</param>
/// <param name="Learned">What was learned; null: SARSA learns it with the next action.</param>
/// <param name="Trajectory">The stored trajectory; null while the episode runs.</param>
internal sealed record StepOutcomeAnswer(int? NextStep, LearnAnswer? Learned, TrajectorySummaryAnswer? Trajectory)
{
    public static StepOutcomeAnswer Of(int step, ObservationResult result) => new(
        result.Ended is null ? step + 1 : null,
        result.Learned is { } learned ? LearnAnswer.Of(learned) : null,
        result.Ended is { } ended
            ? new TrajectorySummaryAnswer(ended.TrajectoryId, ended.Steps, ended.TotalReward, ended.DiscountedReward, ended.Agent)
            : null);
}

/// <summary>An episode that ended.</summary>
/// <param name="Id">Its trajectory.</param>
/// <param name="Steps">How many steps it had.</param>
/// <param name="TotalReward">The sum of its rewards.</param>
/// <param name="DiscountedReward">Its discounted return.</param>
/// <param name="Agent">The agent after it.</param>
internal sealed record TrajectorySummaryAnswer(Guid Id, int Steps, double TotalReward, double DiscountedReward, AgentInfo Agent);

/// <summary>A step that its caller remembers.</summary>
internal sealed record RememberedStepBody
{
    /// <summary>The state the action was taken in.</summary>
    public required StateValue State { get; init; }

    /// <summary>The action.</summary>
    public required ActionValue Action { get; init; }

    /// <summary>The reward.</summary>
    public required double Reward { get; init; }

    /// <summary>The state that followed.</summary>
    public required StateValue NextState { get; init; }

    /// <summary>All actions possible in it, as they were reported.</summary>
    public IReadOnlyList<ActionValue>? NextActions { get; init; }

    public RememberedStep ToStep() => new(
        State.State, Action.Action, Reward, NextState.State,
        NextActions is null ? null : [.. NextActions.Select(action => action.Action.Key)]);
}

/// <summary>A state with the action that was taken in it.</summary>
/// <param name="State">The state.</param>
/// <param name="Action">The action.</param>
internal sealed record ActingBody(StateValue State, ActionValue Action);

/// <summary>An episode as its caller remembers it.</summary>
internal sealed record RestoreBody
{
    /// <summary>The task; left out: the episode's id.</summary>
    public string? TaskId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The steps whose outcome was reported and answered, from the first one on.</summary>
    public required IReadOnlyList<RememberedStepBody> Steps { get; init; }

    /// <summary>The action that waits for its outcome; left out when an outcome was the last thing reported.</summary>
    public ActingBody? Acting { get; init; }

    public EpisodeMemory ToMemory() => new()
    {
        TaskId = TaskId,
        StartedAt = StartedAt,
        Steps = [.. Steps.Select(step => step.ToStep())],
        Acting = Acting is null ? null : new StateAction(Acting.State.State, Acting.Action.Action),
    };
}
