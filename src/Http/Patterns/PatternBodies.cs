using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.Patterns;

/// <summary>A pattern to store.</summary>
internal sealed record PatternBody
{
    /// <summary>Its name, 1 to 200 characters. When the name exists, this is its next version.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of pattern it is, 1 to 50 characters.</summary>
    public required string Type { get; init; }

    /// <summary>Its category, at most 50 characters.</summary>
    public string? Category { get; init; }

    /// <summary>The pattern itself, any JSON.</summary>
    public required RawJson Data { get; init; }

    /// <summary>When it applies: conditions on features of a state; left out: always.</summary>
    public RawJson? TriggerConditions { get; init; }

    /// <summary>What it should bring, any JSON.</summary>
    public RawJson? ExpectedOutcome { get; init; }

    /// <summary>How long it lives after its last use, in seconds, up to 36,500 days; left out: for ever.</summary>
    public double? TimeToLiveSeconds { get; init; }

    /// <summary>A JSON object with anything else.</summary>
    public RawJson? Metadata { get; init; }

    public NewPattern ToPattern(Guid id) => new()
    {
        Id = id,
        Name = Name,
        Type = Type,
        Category = Category,
        DataJson = Data.Text,
        TriggerConditionsJson = TriggerConditions?.Text,
        ExpectedOutcomeJson = ExpectedOutcome?.Text,
        // Beyond the range of a time span it is beyond what is allowed too, which the cluster says.
        TimeToLive = TimeToLiveSeconds is { } life ? TimeSpan.FromSeconds(Math.Clamp(life, -1, 1e11)) : null,
        MetadataJson = Metadata?.Text,
    };
}

/// <summary>A stored pattern in one of its versions.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AgentType">The agent type.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What kind of pattern it is.</param>
/// <param name="Category">Its category.</param>
/// <param name="Data">The pattern itself.</param>
/// <param name="TriggerConditions">When it applies; null: always.</param>
/// <param name="ExpectedOutcome">What it should bring.</param>
/// <param name="UsageCount">How often it was used.</param>
/// <param name="SuccessCount">Uses that succeeded.</param>
/// <param name="FailureCount">Uses that failed.</param>
/// <param name="AverageReward">The mean reward of its uses; null: SQL stored NaN.</param>
/// <param name="Confidence">
/// The lower bound of the Wilson score interval of its success rate at 95 %; 0.5 before the first use; null: SQL stored NaN.
/// </param>
/// <param name="FirstSeen">When it was stored.</param>
/// <param name="LastUsed">When it was last used.</param>
/// <param name="ExpiresAt">When it stops to count; null: never.</param>
/// <param name="Version">1 for the first of its name, and so on.</param>
/// <param name="ParentId">The version before.</param>
/// <param name="Metadata">Anything else.</param>
internal sealed record PatternAnswer(
    Guid Id, string AgentType, string Name, string Type, string? Category, RawJson Data, RawJson? TriggerConditions,
    RawJson? ExpectedOutcome, int UsageCount, int SuccessCount, int FailureCount, double? AverageReward, double? Confidence,
    DateTimeOffset FirstSeen, DateTimeOffset? LastUsed, DateTimeOffset? ExpiresAt, int Version, Guid? ParentId, RawJson Metadata)
{
    public static PatternAnswer Of(Pattern one) => new(
        one.Id, one.AgentType, one.Name, one.Type, one.Category, new RawJson(one.DataJson), RawJson.OrNull(one.TriggerConditionsJson),
        RawJson.OrNull(one.ExpectedOutcomeJson), one.UsageCount, one.SuccessCount, one.FailureCount, one.AverageReward, one.Confidence,
        one.FirstSeen, one.LastUsed, one.ExpiresAt, one.Version, one.ParentId, new RawJson(one.MetadataJson));
}

/// <summary>What is wanted of a pattern. What is left out does not matter.</summary>
internal sealed record PatternSearchBody
{
    /// <summary>A name like this one; the most similar come first.</summary>
    public string? Name { get; init; }

    /// <summary>The least similarity of the name, above 0 up to 1.</summary>
    public double MinSimilarity { get; init; } = 0.3;

    /// <summary>This kind of pattern.</summary>
    public string? Type { get; init; }

    /// <summary>This category.</summary>
    public string? Category { get; init; }

    /// <summary>Patterns whose data contain this JSON.</summary>
    public RawJson? Contains { get; init; }

    /// <summary>Patterns whose trigger conditions this state fulfils.</summary>
    public RawJson? State { get; init; }

    /// <summary>All versions, rather than the newest of each name.</summary>
    public bool AllVersions { get; init; }

    /// <summary>The most to answer, 1 to 1,000.</summary>
    public int Limit { get; init; } = 20;

    public PatternQuery ToQuery() => new()
    {
        Name = Name,
        MinSimilarity = MinSimilarity,
        Type = Type,
        Category = Category,
        ContainsJson = Contains?.Text,
        StateJson = State?.Text,
        AllVersions = AllVersions,
        Limit = Limit,
    };
}

/// <summary>A pattern that was found.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Similarity">How like its name is to the one asked for, 0 to 1; 1 when none was.</param>
internal sealed record PatternMatchAnswer(PatternAnswer Pattern, double Similarity);

/// <summary>Patterns that were found.</summary>
/// <param name="Matches">The best first.</param>
internal sealed record PatternMatchesAnswer(IReadOnlyList<PatternMatchAnswer> Matches);

/// <summary>One use of a pattern.</summary>
internal sealed record PatternUseBody
{
    /// <summary>The use's own id: sent again with it, it counts once. Left out: a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The pattern.</summary>
    public required Guid PatternId { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public required bool Success { get; init; }

    /// <summary>The reward it brought, at most 999,999.999999 in size.</summary>
    public double Reward { get; init; }
}

/// <summary>Uses of patterns.</summary>
/// <param name="Uses">At most 10,000.</param>
internal sealed record PatternUsesBody(IReadOnlyList<PatternUseBody> Uses);

/// <summary>Patterns.</summary>
/// <param name="Patterns">The pattern of each use after all of them.</param>
internal sealed record PatternsAnswer(IReadOnlyList<PatternAnswer> Patterns);
