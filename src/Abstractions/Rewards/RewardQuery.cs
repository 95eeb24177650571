namespace QLearning.Abstractions;

/// <summary>Which stored rewards are wanted, the newest first. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.RewardQuery")]
public sealed record RewardQuery
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>The trajectory.</summary>
    [Id(1)]
    public Guid? TrajectoryId { get; init; }

    /// <summary>The session.</summary>
    [Id(2)]
    public Guid? SessionId { get; init; }

    /// <summary>The state the action was taken in.</summary>
    [Id(3)]
    public StateKey? State { get; init; }

    /// <summary>The action.</summary>
    [Id(4)]
    public ActionKey? Action { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(5)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="RewardPage.Next"/>; null: from the start.</summary>
    [Id(6)]
    public RewardCursor? After { get; init; }
}

/// <summary>A place in the list of rewards.</summary>
/// <param name="Id">The row.</param>
/// <param name="ObservedAt">When it was observed.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.RewardCursor")]
public sealed record RewardCursor([property: Id(0)] long Id, [property: Id(1)] DateTimeOffset ObservedAt);

/// <summary>Some stored rewards.</summary>
/// <param name="Rewards">The newest first, by when they were observed.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.RewardPage")]
public sealed record RewardPage([property: Id(0)] IReadOnlyList<StoredReward> Rewards, [property: Id(1)] RewardCursor? Next);

/// <summary>One row of <c>rewards</c>.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.StoredReward")]
public sealed record StoredReward
{
    /// <summary><c>reward_id</c>.</summary>
    [Id(0)]
    public required long Id { get; init; }

    /// <summary>The agent type.</summary>
    [Id(1)]
    public required string AgentType { get; init; }

    /// <summary>The session.</summary>
    [Id(2)]
    public Guid? SessionId { get; init; }

    /// <summary>The trajectory.</summary>
    [Id(3)]
    public Guid? TrajectoryId { get; init; }

    /// <summary><c>state_hash</c>, as it is stored.</summary>
    [Id(4)]
    public required string State { get; init; }

    /// <summary><c>action_hash</c>, as it is stored.</summary>
    [Id(5)]
    public required string Action { get; init; }

    /// <summary>The reward, to 4 decimals.</summary>
    [Id(6)]
    public double Reward { get; init; }

    /// <summary><c>immediate</c>, <c>terminal</c>, <c>delayed</c>, or what a SQL program wrote.</summary>
    [Id(7)]
    public required string Type { get; init; }

    /// <summary>Where it came from.</summary>
    [Id(8)]
    public string? Source { get; init; }

    /// <summary>When it was observed.</summary>
    [Id(9)]
    public DateTimeOffset ObservedAt { get; init; }

    /// <summary>Anything else, a JSON object.</summary>
    [Id(10)]
    public string MetadataJson { get; init; } = "{}";
}
