namespace QLearning.Abstractions;

/// <summary>A state with the action taken in it.</summary>
/// <param name="State">The state.</param>
/// <param name="Action">The action.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.StateAction")]
public readonly record struct StateAction([property: Id(0)] State State, [property: Id(1)] AgentAction Action);

/// <summary>A running episode as its caller remembers it, for the case that its silo is lost.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.EpisodeSnapshot")]
public sealed record EpisodeSnapshot
{
    /// <summary>The episode.</summary>
    [Id(0)]
    public required Guid EpisodeId { get; init; }

    /// <summary>The task, 1 to 100 characters.</summary>
    [Id(1)]
    public required string TaskId { get; init; }

    /// <summary>When it began.</summary>
    [Id(2)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The steps whose reward was reported.</summary>
    [Id(3)]
    public required IReadOnlyList<TrajectoryStep> Steps { get; init; }

    /// <summary>The action that waits for its reward; null when the reward was the last thing reported.</summary>
    [Id(4)]
    public StateAction? Acting { get; init; }

    /// <summary>The state after the last step, when that step is not learned yet since SARSA learns it with the next action.</summary>
    [Id(5)]
    public State? Unlearned { get; init; }

    /// <summary>The answer to the last observation.</summary>
    [Id(6)]
    public LearnResult? LastLearned { get; init; }

    /// <summary>How many Q-values were learned for the first time.</summary>
    [Id(7)]
    public int NewQValues { get; init; }
}
