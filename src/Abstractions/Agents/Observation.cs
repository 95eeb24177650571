namespace QLearning.Abstractions;

/// <summary>What an agent's last action led to.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.Observation")]
public sealed record Observation
{
    /// <summary>The episode.</summary>
    [Id(0)]
    public required Guid EpisodeId { get; init; }

    /// <summary>
    /// The step that <see cref="AgentDecision"/> named. Reporting the same again changes nothing and gets the same answer; another outcome
    /// of a step that was reported is refused, unless it only adds that the episode was cut with it.
    /// </summary>
    [Id(1)]
    public required int Step { get; init; }

    /// <summary>The reward: finite, at most <see cref="QLimits.MaxQValue"/> in size.</summary>
    [Id(2)]
    public required double Reward { get; init; }

    /// <summary>The state that followed.</summary>
    [Id(3)]
    public required State NextState { get; init; }

    /// <summary>True when the episode ended with this step, since its task was over.</summary>
    [Id(4)]
    public bool Done { get; init; }

    /// <summary>Whether the task succeeded; counts when the episode ended.</summary>
    [Id(5)]
    public bool Success { get; init; } = true;

    /// <summary>Why the task failed; counts when the episode ended.</summary>
    [Id(6)]
    public string? ErrorMessage { get; init; }

    /// <summary>Where the rewards came from, at most 100 characters; counts when the episode ended.</summary>
    [Id(7)]
    public string? RewardSource { get; init; }

    /// <summary>All actions possible in the next state, see <see cref="Transition.NextActions"/>.</summary>
    [Id(8)]
    public IReadOnlyList<ActionKey>? NextActions { get; init; }

    /// <summary>
    /// The patterns that were used in the episode, at most 100; counts when the episode ended. They are stored as <c>patterns_used</c> in
    /// the trajectory's metadata, which the view <c>pattern_effectiveness</c> reads.
    /// </summary>
    [Id(9)]
    public IReadOnlyList<Guid> PatternsUsed { get; init; } = [];

    /// <summary>
    /// The number of the step's update: reported again, a step keeps it, so that it counts once whatever happened to the agent's grain.
    /// </summary>
    [Id(10)]
    public required UpdateId Update { get; init; }

    /// <summary>
    /// True when the episode was cut with this step by a limit: it ends, and the next state counts with its value, see
    /// <see cref="Transition.Truncated"/>. With <see cref="Done"/> too, that decides.
    /// </summary>
    [Id(11)]
    public bool Truncated { get; init; }

    /// <summary>The action that led to it; null: that of the newest choice. Another one than that is refused.</summary>
    [Id(12)]
    public ActionKey? Action { get; init; }

    /// <summary>The state it was taken in; null: that of the newest choice. Another one than that is refused.</summary>
    [Id(13)]
    public StateKey? ActionState { get; init; }

    /// <summary>True when it ends its episode: <see cref="Done"/> or <see cref="Truncated"/>.</summary>
    public bool EndsEpisode => Done || Truncated;
}

/// <summary>What an observation did.</summary>
/// <param name="Learned">The update; null when the rule is SARSA and learns it with the next action.</param>
/// <param name="Ended">The episode, when it ended and is stored.</param>
/// <param name="Receipt">Who learned the update; null when nothing was learned.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.ObservationResult")]
public sealed record ObservationResult(
    [property: Id(0)] LearnResult? Learned, [property: Id(1)] EpisodeSummary? Ended, [property: Id(2)] UpdateReceipt? Receipt = null);

/// <summary>An episode that ended.</summary>
/// <param name="TrajectoryId">Its row in <c>trajectories</c>.</param>
/// <param name="Steps">How many steps it had.</param>
/// <param name="TotalReward">The sum of its rewards.</param>
/// <param name="DiscountedReward">Its discounted return.</param>
/// <param name="Agent">The agent after it.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.EpisodeSummary")]
public sealed record EpisodeSummary(
    [property: Id(0)] Guid TrajectoryId,
    [property: Id(1)] int Steps,
    [property: Id(2)] double TotalReward,
    [property: Id(3)] double DiscountedReward,
    [property: Id(4)] AgentInfo Agent);
