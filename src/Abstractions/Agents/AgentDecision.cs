namespace QLearning.Abstractions;

/// <summary>Asks an agent for its next action.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentDecisionRequest")]
public sealed record AgentDecisionRequest
{
    /// <summary>
    /// The episode, chosen by the caller; it becomes the trajectory's id. A new one drops an episode that did not end: what was learned in
    /// it stays, no trajectory of it is stored.
    /// </summary>
    [Id(0)]
    public required Guid EpisodeId { get; init; }

    /// <summary>The state to act in.</summary>
    [Id(1)]
    public required State State { get; init; }

    /// <summary>The actions to choose from, at most <see cref="QLimits.MaxCandidates"/>; empty: those learned in this state.</summary>
    [Id(2)]
    public IReadOnlyList<AgentAction> Candidates { get; init; } = [];

    /// <summary>The task of the episode, 1 to 100 characters; null: the episode's id. Counts at the first step only.</summary>
    [Id(3)]
    public string? TaskId { get; init; }

    /// <summary>How many steps of the episode were rewarded already: 0 begins it.</summary>
    [Id(4)]
    public int Step { get; init; }

    /// <summary>
    /// The number of the update of the step before, when SARSA learns it with this action; null: no step waits. Asked again with the same
    /// number, state and candidates, the agent answers the same.
    /// </summary>
    [Id(5)]
    public UpdateId? Update { get; init; }

    /// <summary>
    /// The seed of this choice: the same seed, candidates, Q-values and exploration rate give the same action. Null: random numbers of the
    /// type's grain.
    /// </summary>
    [Id(6)]
    public int? Seed { get; init; }

    /// <summary>
    /// Whether the caller keeps the episode's id, which may then be that of an episode that has ended, or was lost after steps of it were
    /// learned: its first step looks into PostgreSQL, and is then refused. False: the id is new.
    /// </summary>
    [Id(7)]
    public bool IsKeptId { get; init; }
}

/// <summary>The agent's choice.</summary>
/// <param name="Step">The number of the step in its episode, from 0; to be named when its reward is reported.</param>
/// <param name="Selected">The action, and how it was chosen.</param>
/// <param name="ExplorationRate">The exploration rate it was chosen with.</param>
/// <param name="Learned">What SARSA learned of the step before; null: nothing waited.</param>
/// <param name="Receipt">Who learned it.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentDecision")]
public sealed record AgentDecision(
    [property: Id(0)] int Step,
    [property: Id(1)] SelectedAction Selected,
    [property: Id(2)] double ExplorationRate,
    [property: Id(3)] LearnResult? Learned = null,
    [property: Id(4)] UpdateReceipt? Receipt = null);
