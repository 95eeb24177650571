namespace QLearning.Abstractions;

/// <summary>Which sessions are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.SessionQuery")]
public sealed record SessionQuery
{
    /// <summary>The agent type; null: all.</summary>
    [Id(0)]
    public string? AgentType { get; init; }

    /// <summary>Where they stand; none: wherever.</summary>
    [Id(1)]
    public IReadOnlyList<SessionStatus> Statuses { get; init; } = [];

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(2)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="SessionPage.Next"/>; null: from the start.</summary>
    [Id(3)]
    public SessionCursor? After { get; init; }
}

/// <summary>A place in the list of sessions.</summary>
/// <param name="Id">The session.</param>
/// <param name="StartedAt">When it started.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.SessionCursor")]
public sealed record SessionCursor([property: Id(0)] Guid Id, [property: Id(1)] DateTimeOffset StartedAt);

/// <summary>Some sessions.</summary>
/// <param name="Sessions">The newest start first.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.SessionPage")]
public sealed record SessionPage([property: Id(0)] IReadOnlyList<SessionInfo> Sessions, [property: Id(1)] SessionCursor? Next);
