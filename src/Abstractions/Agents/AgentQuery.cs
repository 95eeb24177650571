namespace QLearning.Abstractions;

/// <summary>Which agents of a type are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentQuery")]
public sealed record AgentQuery
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>How the instance's name begins, at most 100 characters.</summary>
    [Id(1)]
    public string? Prefix { get; init; }

    /// <summary>The status as it is stored.</summary>
    [Id(2)]
    public AgentStatus? Status { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(3)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="AgentPage.Next"/>; null: from the start.</summary>
    [Id(4)]
    public string? After { get; init; }
}

/// <summary>Some agents of a type.</summary>
/// <param name="Agents">By name, in the order of the database's collation; their status is the one stored.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentPage")]
public sealed record AgentPage([property: Id(0)] IReadOnlyList<AgentInfo> Agents, [property: Id(1)] string? Next);
