using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.Trajectories;

/// <summary>One step of an episode.</summary>
/// <param name="State">The state the action was taken in.</param>
/// <param name="Action">The action.</param>
/// <param name="Reward">The reward.</param>
internal sealed record StepBody(StateValue State, ActionValue Action, double Reward);

/// <summary>A whole episode.</summary>
internal sealed record TrajectoryBody
{
    /// <summary>Its id; left out: a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The task, 1 to 100 characters.</summary>
    public required string TaskId { get; init; }

    /// <summary>The steps in order, at least one.</summary>
    public required IReadOnlyList<StepBody> Steps { get; init; }

    /// <summary>The state after the last step.</summary>
    public required StateValue FinalState { get; init; }

    /// <summary>Whether the task succeeded.</summary>
    public required bool Success { get; init; }

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, in milliseconds, up to 24 days.</summary>
    public long ExecutionMilliseconds { get; init; }

    /// <summary>A JSON object with anything else worth keeping.</summary>
    public RawJson? Metadata { get; init; }

    /// <summary>Where the rewards came from, at most 100 characters.</summary>
    public string? RewardSource { get; init; }

    /// <summary>The running session it belongs to.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The discounted return; left out: computed with the agent type's γ.</summary>
    public double? DiscountedReward { get; init; }

    /// <summary>Whether a limit cut the episode before its task was over.</summary>
    public bool Truncated { get; init; }

    public Trajectory ToTrajectory(Guid id) => new()
    {
        Id = id,
        TaskId = TaskId,
        Steps = [.. Steps.Select(step => new TrajectoryStep(step.State.State, step.Action.Action, step.Reward))],
        FinalState = FinalState.State,
        Success = Success,
        ErrorMessage = ErrorMessage,
        StartedAt = StartedAt,
        // Beyond the range of a time span it is beyond what is allowed too, which the cluster says.
        ExecutionTime = TimeSpan.FromMilliseconds(Math.Clamp(ExecutionMilliseconds, -1, int.MaxValue + 1L)),
        MetadataJson = Metadata?.Text,
        RewardSource = RewardSource,
        SessionId = SessionId,
        DiscountedReward = DiscountedReward,
        Truncated = Truncated,
    };
}

/// <summary>Episodes to store.</summary>
/// <param name="Trajectories">At most 10,000 steps in all.</param>
internal sealed record TrajectoriesBody(IReadOnlyList<TrajectoryBody> Trajectories);

/// <summary>What was stored.</summary>
/// <param name="Ids">The ids, in the order sent.</param>
internal sealed record RecordedAnswer(IReadOnlyList<Guid> Ids);

/// <summary>A stored episode.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AgentType">The agent type.</param>
/// <param name="SessionId">The session.</param>
/// <param name="TaskId">The task.</param>
/// <param name="States">The states the actions were taken in.</param>
/// <param name="Actions">The actions.</param>
/// <param name="StepRewards">The reward of each step.</param>
/// <param name="FinalState">The state after the last step.</param>
/// <param name="TotalReward">The sum of the rewards, to 4 decimals; null: SQL stored NaN.</param>
/// <param name="DiscountedReward">The discounted return, to 4 decimals; null: SQL stored NaN.</param>
/// <param name="ExecutionMilliseconds">How long it took.</param>
/// <param name="Success">Whether the task succeeded.</param>
/// <param name="ErrorMessage">Why it failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="CompletedAt">When it was completed.</param>
/// <param name="Metadata">Anything else.</param>
/// <param name="Truncated">Whether a limit cut it.</param>
internal sealed record TrajectoryAnswer(
    Guid Id, string AgentType, Guid? SessionId, string TaskId, RawJson States, RawJson Actions, RawJson StepRewards, RawJson FinalState,
    double? TotalReward, double? DiscountedReward, long ExecutionMilliseconds, bool Success, string? ErrorMessage,
    DateTimeOffset StartedAt, DateTimeOffset CompletedAt, RawJson Metadata, bool Truncated)
{
    public static TrajectoryAnswer Of(StoredTrajectory one) => new(
        one.Id, one.AgentType, one.SessionId, one.TaskId, new RawJson(one.StatesJson), new RawJson(one.ActionsJson),
        new RawJson(one.StepRewardsJson), new RawJson(one.FinalStateJson), one.TotalReward, one.DiscountedReward,
        (long)one.ExecutionTime.TotalMilliseconds, one.Success, one.ErrorMessage, one.StartedAt, one.CompletedAt,
        new RawJson(one.MetadataJson), one.Truncated);
}

/// <summary>Some stored episodes.</summary>
/// <param name="Trajectories">In the order asked for.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record TrajectoryPageAnswer(IReadOnlyList<TrajectoryAnswer> Trajectories, string? Next);
