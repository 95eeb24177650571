namespace QLearning.Abstractions;

/// <summary>In which order trajectories are listed.</summary>
public enum TrajectoryOrder
{
    /// <summary>The newest first, by when they were completed.</summary>
    Recent = 0,

    /// <summary>The highest total reward first.</summary>
    Best = 1,
}

/// <summary>Which stored trajectories are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.TrajectoryQuery")]
public sealed record TrajectoryQuery
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>The session.</summary>
    [Id(1)]
    public Guid? SessionId { get; init; }

    /// <summary>The task.</summary>
    [Id(2)]
    public string? TaskId { get; init; }

    /// <summary>The agent instance that made them.</summary>
    [Id(3)]
    public string? Instance { get; init; }

    /// <summary>Only successes, or only failures.</summary>
    [Id(4)]
    public bool? Success { get; init; }

    /// <summary>The order.</summary>
    [Id(5)]
    public TrajectoryOrder Order { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(6)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="TrajectoryPage.Next"/>; null: from the start.</summary>
    [Id(7)]
    public TrajectoryCursor? After { get; init; }
}

/// <summary>A place in the list of trajectories.</summary>
/// <param name="Id">The trajectory.</param>
/// <param name="CompletedAt">When it was completed.</param>
/// <param name="TotalReward">Its total reward.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.TrajectoryCursor")]
public sealed record TrajectoryCursor(
    [property: Id(0)] Guid Id, [property: Id(1)] DateTimeOffset CompletedAt, [property: Id(2)] decimal TotalReward);

/// <summary>Some stored trajectories.</summary>
/// <param name="Trajectories">In the order asked for.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.TrajectoryPage")]
public sealed record TrajectoryPage(
    [property: Id(0)] IReadOnlyList<StoredTrajectory> Trajectories, [property: Id(1)] TrajectoryCursor? Next);

/// <summary>One row of <c>trajectories</c>. What agents sent as JSON is JSON here, as PostgreSQL prints it.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.StoredTrajectory")]
public sealed record StoredTrajectory
{
    /// <summary>Its id.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>The agent type.</summary>
    [Id(1)]
    public required string AgentType { get; init; }

    /// <summary>The session.</summary>
    [Id(2)]
    public Guid? SessionId { get; init; }

    /// <summary>The task.</summary>
    [Id(3)]
    public required string TaskId { get; init; }

    /// <summary>The states the actions were taken in, a JSON array.</summary>
    [Id(4)]
    public required string StatesJson { get; init; }

    /// <summary>The actions, a JSON array.</summary>
    [Id(5)]
    public required string ActionsJson { get; init; }

    /// <summary>The reward of each step, a JSON array of numbers.</summary>
    [Id(6)]
    public required string StepRewardsJson { get; init; }

    /// <summary>The state after the last step.</summary>
    [Id(7)]
    public required string FinalStateJson { get; init; }

    /// <summary>The sum of the rewards, to 4 decimals.</summary>
    [Id(8)]
    public double TotalReward { get; init; }

    /// <summary>The discounted return, to 4 decimals.</summary>
    [Id(9)]
    public double DiscountedReward { get; init; }

    /// <summary>How long it took.</summary>
    [Id(10)]
    public TimeSpan ExecutionTime { get; init; }

    /// <summary>Whether the task succeeded.</summary>
    [Id(11)]
    public bool Success { get; init; }

    /// <summary>Why it failed.</summary>
    [Id(12)]
    public string? ErrorMessage { get; init; }

    /// <summary>When it began.</summary>
    [Id(13)]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was completed.</summary>
    [Id(14)]
    public DateTimeOffset CompletedAt { get; init; }

    /// <summary>Anything else, a JSON object.</summary>
    [Id(15)]
    public string MetadataJson { get; init; } = "{}";

    /// <summary>Whether a limit cut it: <c>"truncated": true</c> in its metadata.</summary>
    [Id(16)]
    public bool Truncated { get; init; }
}
