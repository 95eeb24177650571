namespace QLearning.Abstractions;

/// <summary>In which order Q-values are listed.</summary>
public enum QValueOrder
{
    /// <summary>
    /// By state, then action key, in the order of the database's collation: each page costs the same, however large the Q-table is.
    /// </summary>
    Key = 0,

    /// <summary>The highest first. Each page reads all Q-values of the agent type.</summary>
    Highest = 1,

    /// <summary>Those learned least often first. Each page reads all Q-values of the agent type.</summary>
    LeastVisited = 2,
}

/// <summary>Which Q-values are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.QValueQuery")]
public sealed record QValueQuery
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>How the state's key begins, at most 64 characters.</summary>
    [Id(1)]
    public string? Prefix { get; init; }

    /// <summary>The order.</summary>
    [Id(2)]
    public QValueOrder Order { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 100.</summary>
    [Id(3)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended, see <see cref="QValuePage.Next"/>; null: from the start.</summary>
    [Id(4)]
    public QValueCursor? After { get; init; }
}

/// <summary>A place in the list of Q-values.</summary>
/// <param name="State">The state's key.</param>
/// <param name="Action">The action's key.</param>
/// <param name="Value">The Q-value.</param>
/// <param name="Visits">How often it was learned.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.QValueCursor")]
public sealed record QValueCursor(
    [property: Id(0)] StateKey State,
    [property: Id(1)] ActionKey Action,
    [property: Id(2)] decimal Value,
    [property: Id(3)] int Visits);

/// <summary>Some Q-values of a type, as PostgreSQL has them: what was learned last is in it within the flush interval.</summary>
/// <param name="QValues">In the order asked for.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.QValuePage")]
public sealed record QValuePage([property: Id(0)] IReadOnlyList<ListedQValue> QValues, [property: Id(1)] QValueCursor? Next);

/// <summary>One row of <c>q_values</c>.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.ListedQValue")]
public sealed record ListedQValue
{
    /// <summary>The state's key.</summary>
    [Id(0)]
    public required StateKey State { get; init; }

    /// <summary>The state's description.</summary>
    [Id(1)]
    public required string StateJson { get; init; }

    /// <summary>The action with its Q-value, visits, confidence and uncertainty.</summary>
    [Id(2)]
    public required QValue Value { get; init; }
}
