namespace QLearning.Abstractions;

/// <summary>How an agent type's Q-values move. The names are those of Sutton &amp; Barto, chapter 6.</summary>
public enum LearningRule
{
    /// <summary>Off-policy TD control: the target uses the best next action (section 6.5).</summary>
    QLearning = 0,

    /// <summary>On-policy TD control: the target uses the action taken next (section 6.4).</summary>
    Sarsa = 1,

    /// <summary>The target uses the mean over the policy's next actions (section 6.6).</summary>
    ExpectedSarsa = 2,
}

/// <summary>How an agent type explores.</summary>
public enum ExplorationPolicy
{
    /// <summary>The best action, but with probability ε a random one.</summary>
    EpsilonGreedy = 0,

    /// <summary>Always the best action.</summary>
    Greedy = 1,

    /// <summary>Actions with probability proportional to e^(Q / temperature).</summary>
    Softmax = 2,

    /// <summary>The highest upper confidence bound Q + c·√(ln N / n) (Auer et al. 2002, UCB1).</summary>
    Ucb1 = 3,
}

/// <summary>One row of <c>agent_types</c>.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentTypeInfo")]
public sealed record AgentTypeInfo
{
    /// <summary>The name, such as <c>test-generator</c>.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>The name for people.</summary>
    [Id(1)]
    public required string DisplayName { get; init; }

    /// <summary>What agents of this type do.</summary>
    [Id(2)]
    public string? Description { get; init; }

    /// <summary>Step size α, 0.0001 to 1.</summary>
    [Id(3)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Discount factor γ, 0 to 1.</summary>
    [Id(4)]
    public double DiscountFactor { get; init; } = 0.95;

    /// <summary>Exploration rate ε at the start, 0 to 1.</summary>
    [Id(5)]
    public double ExplorationRate { get; init; } = 0.2;

    /// <summary>The exploration rate never falls below this.</summary>
    [Id(6)]
    public double MinExplorationRate { get; init; } = 0.01;

    /// <summary>Factor on the exploration rate at the end of each episode.</summary>
    [Id(7)]
    public double ExplorationDecay { get; init; } = 0.995;

    /// <summary>An inactive type still answers reads but does not learn.</summary>
    [Id(8)]
    public bool IsActive { get; init; } = true;

    /// <summary>Settings from <c>metadata</c>.</summary>
    [Id(9)]
    public AgentTypeSettings Settings { get; init; } = new();

    /// <summary>How many features describe a state, 1 to 1,000,000; for information.</summary>
    [Id(10)]
    public int StateSpaceDimensions { get; init; } = 10;

    /// <summary>How many actions there are, 1 to 1,000,000; for information.</summary>
    [Id(11)]
    public int ActionSpaceDimensions { get; init; } = 5;

    /// <summary>
    /// What a SQL program stored that cannot be used, and what is allowed; such settings are shown with their defaults. Running grains go
    /// on with the settings from before, grains that start refuse calls until it is mended. Null: all can be used. Never stored.
    /// </summary>
    [Id(12)]
    public string? SettingsError { get; init; }

    /// <summary>A name in <c>metadata</c> that looks like a misspelt setting; null: none does. Never stored.</summary>
    [Id(13)]
    public string? SettingsWarning { get; init; }
}

/// <summary>Settings of an agent type that live in <c>agent_types.metadata</c> under the camel-case names of these properties.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentTypeSettings")]
public sealed record AgentTypeSettings
{
    /// <summary>How Q-values move. Default: Q-learning.</summary>
    [Id(0)]
    public LearningRule LearningRule { get; init; }

    /// <summary>How actions are chosen. Default: ε-greedy.</summary>
    [Id(1)]
    public ExplorationPolicy ExplorationPolicy { get; init; }

    /// <summary>
    /// The temperature of <see cref="ExplorationPolicy.Softmax"/>, above 0 up to <see cref="QLimits.MaxQValue"/>. Default: 1.
    /// </summary>
    [Id(2)]
    public double Temperature { get; init; } = 1;

    /// <summary>The constant c of <see cref="ExplorationPolicy.Ucb1"/>, 0 to <see cref="QLimits.MaxQValue"/>. Default: √2.</summary>
    [Id(3)]
    public double Ucb1Constant { get; init; } = Math.Sqrt(2);

    /// <summary>Days until a Q-value expires that is not learned any more, 1 to 36,500. Default: 30.</summary>
    [Id(4)]
    public int TtlDays { get; init; } = 30;

    /// <summary>When changes are acknowledged. Default: write-behind.</summary>
    [Id(5)]
    public WriteMode WriteMode { get; init; } = WriteMode.WriteBehind;

    /// <summary>The most states that a grain keeps in memory, 20,000 to 100,000,000; null: the silo's setting.</summary>
    [Id(6)]
    public int? HotLimit { get; init; }

    /// <summary>
    /// Into how many partitions the Q-table is divided by state key, each owned by a grain of its own, 1 to
    /// <see cref="QLimits.MaxPartitions"/>. Default: 1. A change loads the table anew; nothing moves in PostgreSQL. With several partitions
    /// a batch is all or none, and in order, within each partition only.
    /// </summary>
    [Id(7)]
    public int Partitions { get; init; } = 1;
}
