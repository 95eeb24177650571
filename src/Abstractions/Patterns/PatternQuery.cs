namespace QLearning.Abstractions;

/// <summary>Which patterns are wanted. What is null does not matter.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.PatternQuery")]
public sealed record PatternQuery
{
    /// <summary>A name like this one, compared by trigrams as PostgreSQL's <c>similarity</c> does.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>The least similarity of the name, above 0 up to 1. Default: 0.3, as PostgreSQL's.</summary>
    [Id(1)]
    public double MinSimilarity { get; init; } = 0.3;

    /// <summary>This kind of pattern.</summary>
    [Id(2)]
    public string? Type { get; init; }

    /// <summary>This category.</summary>
    [Id(3)]
    public string? Category { get; init; }

    /// <summary>Patterns whose data contain this JSON, as PostgreSQL's <c>@&gt;</c> says.</summary>
    [Id(4)]
    public string? ContainsJson { get; init; }

    /// <summary>Patterns whose trigger conditions this state fulfils; those without conditions apply to every state.</summary>
    [Id(5)]
    public string? StateJson { get; init; }

    /// <summary>True: all versions; false: the newest of each name. Default: false.</summary>
    [Id(6)]
    public bool AllVersions { get; init; }

    /// <summary>The most to answer, 1 to 1,000. Default: 20.</summary>
    [Id(7)]
    public int Limit { get; init; } = 20;
}

/// <summary>A pattern that was found.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Similarity">How like its name is to the one asked for, 0 to 1; 1 when none was.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.PatternMatch")]
public sealed record PatternMatch([property: Id(0)] Pattern Pattern, [property: Id(1)] double Similarity);
