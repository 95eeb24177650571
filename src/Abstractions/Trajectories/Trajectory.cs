namespace QLearning.Abstractions;

/// <summary>One step of a trajectory.</summary>
/// <param name="State">The state the action was taken in.</param>
/// <param name="Action">The action.</param>
/// <param name="Reward">The reward, finite, at most 99,999,999.9999 in size.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.TrajectoryStep")]
public readonly record struct TrajectoryStep(
    [property: Id(0)] State State, [property: Id(1)] AgentAction Action, [property: Id(2)] double Reward);

/// <summary>One whole episode, to be stored as a row of <c>trajectories</c> and a row of <c>rewards</c> for each step.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.Trajectory")]
public sealed record Trajectory
{
    /// <summary>The row's id. Sending the same id twice stores the trajectory once.</summary>
    [Id(0)]
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The task, 1 to 100 characters.</summary>
    [Id(1)]
    public required string TaskId { get; init; }

    /// <summary>The steps in order, at least one, at most <see cref="QLimits.MaxBatch"/>.</summary>
    [Id(2)]
    public required IReadOnlyList<TrajectoryStep> Steps { get; init; }

    /// <summary>The state after the last step.</summary>
    [Id(3)]
    public required State FinalState { get; init; }

    /// <summary>Whether the task succeeded.</summary>
    [Id(4)]
    public required bool Success { get; init; }

    /// <summary>Why it failed.</summary>
    [Id(5)]
    public string? ErrorMessage { get; init; }

    /// <summary>When it began.</summary>
    [Id(6)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, 0 to 24 days.</summary>
    [Id(7)]
    public TimeSpan ExecutionTime { get; init; }

    /// <summary>A JSON object with anything else worth keeping, or null.</summary>
    [Id(8)]
    public string? MetadataJson { get; init; }

    /// <summary>Where the rewards came from, at most 100 characters, or null.</summary>
    [Id(9)]
    public string? RewardSource { get; init; }

    /// <summary>The session it belongs to: running and of the same agent type; or null.</summary>
    [Id(10)]
    public Guid? SessionId { get; init; }

    /// <summary>The discounted return, at most 99,999,999.9999 in size; null: Σ γᵏ·r of the steps with the agent type's γ.</summary>
    [Id(11)]
    public double? DiscountedReward { get; init; }

    /// <summary>
    /// Whether a limit cut the episode before its task was over. Stored as <c>"truncated": true</c> in its metadata; false adds nothing.
    /// </summary>
    [Id(12)]
    public bool Truncated { get; init; }
}
