namespace QLearning.Abstractions;

/// <summary>In which order states are listed.</summary>
public enum StateOrder
{
    /// <summary>By key, in the order of the database's collation: each page costs the same, however large the Q-table is.</summary>
    Key = 0,

    /// <summary>The one with the highest Q-value first. Each page reads all Q-values of the agent type.</summary>
    BestValue = 1,

    /// <summary>The one that was learned least often first. Each page reads all Q-values of the agent type.</summary>
    LeastVisited = 2,
}

/// <summary>Which states of a Q-table are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.StateQuery")]
public sealed record StateQuery
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>How the state's key begins, at most 64 characters.</summary>
    [Id(1)]
    public string? Prefix { get; init; }

    /// <summary>The order.</summary>
    [Id(2)]
    public StateOrder Order { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(3)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="StatesPage.Next"/>; null: from the start.</summary>
    [Id(4)]
    public StateCursor? After { get; init; }
}

/// <summary>A place in the list of states.</summary>
/// <param name="State">The state's key.</param>
/// <param name="BestValue">Its highest Q-value.</param>
/// <param name="Visits">How often it was learned.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.StateCursor")]
public sealed record StateCursor(
    [property: Id(0)] StateKey State, [property: Id(1)] decimal BestValue, [property: Id(2)] long Visits);

/// <summary>Some states of a Q-table, as PostgreSQL has them: what was learned last is in it within the flush interval.</summary>
/// <param name="States">In the order asked for.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.StatesPage")]
public sealed record StatesPage([property: Id(0)] IReadOnlyList<StateSummary> States, [property: Id(1)] StateCursor? Next);

/// <summary>A state with what was learned in it.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.StateSummary")]
public sealed record StateSummary
{
    /// <summary>Its key.</summary>
    [Id(0)]
    public required StateKey State { get; init; }

    /// <summary>Its description, as it is stored beside its best action.</summary>
    [Id(1)]
    public required string StateJson { get; init; }

    /// <summary>How many actions were learned in it.</summary>
    [Id(2)]
    public long Actions { get; init; }

    /// <summary>How often they were learned in all.</summary>
    [Id(3)]
    public long Visits { get; init; }

    /// <summary>The action with the highest Q-value.</summary>
    [Id(4)]
    public required ActionKey BestAction { get; init; }

    /// <summary>That action's description.</summary>
    [Id(5)]
    public required string BestActionJson { get; init; }

    /// <summary>Its Q-value, to 6 decimals.</summary>
    [Id(6)]
    public double BestValue { get; init; }
}
