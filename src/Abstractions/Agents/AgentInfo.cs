namespace QLearning.Abstractions;

/// <summary>How an agent is registered. What is null comes from its agent type, and follows it when the type is changed.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentRegistration")]
public sealed record AgentRegistration
{
    /// <summary>The exploration rate ε at the start, 0 to 1.</summary>
    [Id(0)]
    public double? ExplorationRate { get; init; }

    /// <summary>The lowest exploration rate, 0 to 1.</summary>
    [Id(1)]
    public double? MinExplorationRate { get; init; }

    /// <summary>The factor on the exploration rate at the end of each episode, 0 to 1.</summary>
    [Id(2)]
    public double? ExplorationDecay { get; init; }

    /// <summary>The step size α, at least 0.0001, at most 1.</summary>
    [Id(3)]
    public double? LearningRate { get; init; }
}

/// <summary>One agent: its row of <c>agent_states</c>, and what it does now.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentInfo")]
public sealed record AgentInfo
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>The instance's name.</summary>
    [Id(1)]
    public required string Instance { get; init; }

    /// <summary>What it does now.</summary>
    [Id(2)]
    public AgentStatus Status { get; init; }

    /// <summary>Its exploration rate ε, 0 to 1.</summary>
    [Id(3)]
    public double ExplorationRate { get; init; }

    /// <summary>Its step size α, 0.0001 to 1.</summary>
    [Id(4)]
    public double LearningRate { get; init; }

    /// <summary>Episodes that ended.</summary>
    [Id(5)]
    public int TotalTasks { get; init; }

    /// <summary>Those that succeeded.</summary>
    [Id(6)]
    public int SuccessfulTasks { get; init; }

    /// <summary>Those that failed.</summary>
    [Id(7)]
    public int FailedTasks { get; init; }

    /// <summary>The sum of the episodes' total rewards.</summary>
    [Id(8)]
    public double TotalReward { get; init; }

    /// <summary>The mean total reward of an episode; 0 when none ended.</summary>
    [Id(9)]
    public double AverageReward { get; init; }

    /// <summary>How many Q-values this agent was the first to learn.</summary>
    [Id(10)]
    public int QValuesStored { get; init; }

    /// <summary>The session it is in.</summary>
    [Id(11)]
    public Guid? SessionId { get; init; }

    /// <summary>The error it reported.</summary>
    [Id(12)]
    public string? Error { get; init; }

    /// <summary>When it was registered or acted first.</summary>
    [Id(13)]
    public DateTimeOffset InitializedAt { get; init; }

    /// <summary>When its row was last changed by what it did.</summary>
    [Id(14)]
    public DateTimeOffset LastActivity { get; init; }

    /// <summary>
    /// What a SQL program stored in its row that cannot be used, and what is allowed: the agent goes on with its type's setting, or the
    /// nearest rate that can be used. Or which name looks like a misspelt setting. Null: all can be used. Never stored.
    /// </summary>
    [Id(15)]
    public string? SettingsError { get; init; }
}
