using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>An episode as its caller remembers it, to bring it back when the silo that had it was lost.</summary>
public sealed record EpisodeMemory
{
    /// <summary>The task; null: the episode's id.</summary>
    public string? TaskId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The steps whose reward was reported and answered, from the first one on, at most <see cref="QLimits.MaxBatch"/>.</summary>
    public required IReadOnlyList<RememberedStep> Steps { get; init; }

    /// <summary>The action that waits for its reward; null when a reward was the last thing reported.</summary>
    public StateAction? Acting { get; init; }
}

/// <summary>A step of an <see cref="EpisodeMemory"/>.</summary>
/// <param name="State">The state the action was taken in.</param>
/// <param name="Action">The action.</param>
/// <param name="Reward">The reward.</param>
/// <param name="NextState">The state that followed.</param>
/// <param name="NextActions">All actions possible in it, as they were reported; null: they were not.</param>
public sealed record RememberedStep(
    State State, AgentAction Action, double Reward, State NextState, IReadOnlyList<ActionKey>? NextActions = null);
