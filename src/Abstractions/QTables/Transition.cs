namespace QLearning.Abstractions;

/// <summary>
/// One step of an agent: in a state it took an action, earned a reward and came to a next state (Sutton &amp; Barto, section 3.1).
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.Transition")]
public sealed record Transition
{
    /// <summary>The state the action was taken in.</summary>
    [Id(0)]
    public required State State { get; init; }

    /// <summary>The action that was taken.</summary>
    [Id(1)]
    public required AgentAction Action { get; init; }

    /// <summary>The reward: finite, at most <see cref="QLimits.MaxQValue"/> in size.</summary>
    [Id(2)]
    public required double Reward { get; init; }

    /// <summary>The state that followed; null only when <see cref="Done"/>.</summary>
    [Id(3)]
    public State? NextState { get; init; }

    /// <summary>
    /// The action taken next; SARSA needs it unless the episode ended (<see cref="EndsEpisode"/>), the other rules pass over it.
    /// </summary>
    [Id(4)]
    public AgentAction? NextAction { get; init; }

    /// <summary>
    /// All actions possible in the next state, when the caller knows them: those never learned count with their initial value 0 in the
    /// maximum or expectation. Null: only the learned ones count.
    /// </summary>
    [Id(5)]
    public IReadOnlyList<ActionKey>? NextActions { get; init; }

    /// <summary>True when the episode ended with this step: nothing follows, the next state's value is 0.</summary>
    [Id(6)]
    public bool Done { get; init; }

    /// <summary>The agent's own step size α, above 0 up to 1; null: the agent type's.</summary>
    [Id(7)]
    public double? LearningRate { get; init; }

    /// <summary>
    /// The exploration rate ε, 0 to 1, with which the agent acts in the next state: Expected SARSA learns the value of that ε-greedy
    /// policy, and SARSA where an episode was cut (<see cref="Truncated"/>). The others pass over it. Null: the agent type's.
    /// </summary>
    [Id(8)]
    public double? ExplorationRate { get; init; }

    /// <summary>
    /// True when the episode was cut with this step by a limit, of steps or of time: nothing follows for the agent, but the task went on,
    /// so the next state counts with its value (Pardo et al. 2018). With <see cref="Done"/> too, that decides: its value is 0. SARSA, which
    /// then has no next action, counts the next state by the agent's policy as Expected SARSA does (van Seijen et al. 2009).
    /// </summary>
    [Id(9)]
    public bool Truncated { get; init; }

    /// <summary>True when it is the last step of its episode: <see cref="Done"/> or <see cref="Truncated"/>.</summary>
    public bool EndsEpisode => Done || Truncated;
}
