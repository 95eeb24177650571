namespace QLearning.Abstractions;

/// <summary>Where a session stands: <c>sessions.status</c> in lower case.</summary>
public enum SessionStatus
{
    /// <summary>It runs.</summary>
    Active = 0,

    /// <summary>It ended as it should.</summary>
    Completed = 1,

    /// <summary>It ended by a failure.</summary>
    Failed = 2,

    /// <summary>It was broken off.</summary>
    Cancelled = 3,
}

/// <summary>How a session starts.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.SessionStart")]
public sealed record SessionStart
{
    /// <summary>The agent type whose episodes it groups.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>A name for people, at most 200 characters.</summary>
    [Id(1)]
    public string? Name { get; init; }

    /// <summary>Where it runs, 1 to 50 characters. Default: <c>development</c>.</summary>
    [Id(2)]
    public string Environment { get; init; } = "development";

    /// <summary>A JSON object with anything else worth keeping, or null.</summary>
    [Id(3)]
    public string? MetadataJson { get; init; }
}

/// <summary>One row of <c>sessions</c>.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.SessionInfo")]
public sealed record SessionInfo
{
    /// <summary>The session's id.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>The agent type.</summary>
    [Id(1)]
    public required string AgentType { get; init; }

    /// <summary>A name for people.</summary>
    [Id(2)]
    public string? Name { get; init; }

    /// <summary>Where it runs.</summary>
    [Id(3)]
    public string? Environment { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(4)]
    public SessionStatus Status { get; init; }

    /// <summary>Trajectories stored in it.</summary>
    [Id(5)]
    public int TaskCount { get; init; }

    /// <summary>The sum of their total rewards.</summary>
    [Id(6)]
    public double TotalReward { get; init; }

    /// <summary>When it started.</summary>
    [Id(7)]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    [Id(8)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A JSON object with anything else.</summary>
    [Id(9)]
    public string MetadataJson { get; init; } = "{}";
}
