using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>What an agent's last action led to.</summary>
public sealed record AgentOutcome
{
    /// <summary>The reward, finite, at most <see cref="QLimits.MaxQValue"/> in size.</summary>
    public required double Reward { get; init; }

    /// <summary>The state that followed.</summary>
    public required State NextState { get; init; }

    /// <summary>Whether the episode ended since its task was over: nothing follows, the next state's value is 0.</summary>
    public bool Done { get; init; }

    /// <summary>
    /// Whether a limit, of steps or of time, cut the episode: it ends, and the next state counts with its value, see
    /// <see cref="Transition.Truncated"/>. With <see cref="Done"/> too, that decides.
    /// </summary>
    public bool Truncated { get; init; }

    /// <summary>Whether the task succeeded; counts when the episode ended.</summary>
    public bool Success { get; init; } = true;

    /// <summary>Why it failed; counts when the episode ended.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Where the rewards came from, at most 100 characters; counts when the episode ended.</summary>
    public string? RewardSource { get; init; }

    /// <summary>All actions possible in the next state, see <see cref="Transition.NextActions"/>.</summary>
    public IReadOnlyList<ActionKey>? NextActions { get; init; }

    /// <summary>The patterns that were used in the episode, at most 100; counts when the episode ended.</summary>
    public IReadOnlyList<Guid> PatternsUsed { get; init; } = [];

    /// <summary>
    /// The action that led to it, for a caller who could have missed that another one replaced it: then the outcome is refused. Null: that of
    /// the newest choice.
    /// </summary>
    public ActionKey? Action { get; init; }

    /// <summary>The state that action was taken in, likewise.</summary>
    public StateKey? ActionState { get; init; }

    /// <summary>True when it ends the episode: <see cref="Done"/> or <see cref="Truncated"/>.</summary>
    internal bool EndsEpisode => Done || Truncated;

    internal Observation ToObservation(Guid episodeId, int step, UpdateId update) => new()
    {
        Update = update,
        EpisodeId = episodeId,
        Step = step,
        Reward = Reward,
        NextState = NextState,
        Done = Done,
        Truncated = Truncated,
        Success = Success,
        ErrorMessage = ErrorMessage,
        RewardSource = RewardSource,
        NextActions = NextActions,
        PatternsUsed = PatternsUsed,
        Action = Action,
        ActionState = ActionState,
    };
}
