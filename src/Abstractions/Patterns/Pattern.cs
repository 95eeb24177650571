namespace QLearning.Abstractions;

/// <summary>One row of <c>patterns</c>: a reusable heuristic in one of its versions, with what its uses brought.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.Pattern")]
public sealed record Pattern
{
    /// <summary>Its id.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>The agent type.</summary>
    [Id(1)]
    public required string AgentType { get; init; }

    /// <summary>Its name.</summary>
    [Id(2)]
    public required string Name { get; init; }

    /// <summary>What kind of pattern it is, such as <c>test_template</c>.</summary>
    [Id(3)]
    public required string Type { get; init; }

    /// <summary>Its category.</summary>
    [Id(4)]
    public string? Category { get; init; }

    /// <summary>The pattern itself, JSON.</summary>
    [Id(5)]
    public required string DataJson { get; init; }

    /// <summary>When it applies, see <see cref="NewPattern.TriggerConditionsJson"/>.</summary>
    [Id(6)]
    public string? TriggerConditionsJson { get; init; }

    /// <summary>What it should bring, JSON.</summary>
    [Id(7)]
    public string? ExpectedOutcomeJson { get; init; }

    /// <summary>How often it was used.</summary>
    [Id(8)]
    public int UsageCount { get; init; }

    /// <summary>Uses that succeeded.</summary>
    [Id(9)]
    public int SuccessCount { get; init; }

    /// <summary>Uses that failed.</summary>
    [Id(10)]
    public int FailureCount { get; init; }

    /// <summary>The mean reward of its uses.</summary>
    [Id(11)]
    public double AverageReward { get; init; }

    /// <summary>The lower bound of the Wilson score interval of its success rate at 95 %, 0 to 1; 0.5 before the first use.</summary>
    [Id(12)]
    public double Confidence { get; init; }

    /// <summary>When it was stored.</summary>
    [Id(13)]
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last used.</summary>
    [Id(14)]
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it stops to count; null: never.</summary>
    [Id(15)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>1 for the first of its name, and so on.</summary>
    [Id(16)]
    public int Version { get; init; } = 1;

    /// <summary>The version before.</summary>
    [Id(17)]
    public Guid? ParentId { get; init; }

    /// <summary>Anything else, a JSON object.</summary>
    [Id(18)]
    public string MetadataJson { get; init; } = "{}";
}

/// <summary>A pattern to be stored.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.NewPattern")]
public sealed record NewPattern
{
    /// <summary>Its name, 1 to 200 characters. When the name exists, this is its next version.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>What kind of pattern it is, 1 to 50 characters.</summary>
    [Id(1)]
    public required string Type { get; init; }

    /// <summary>Its category, at most 50 characters, or null.</summary>
    [Id(2)]
    public string? Category { get; init; }

    /// <summary>The pattern itself, JSON.</summary>
    [Id(3)]
    public required string DataJson { get; init; }

    /// <summary>
    /// When it applies, or null: always. A JSON object of conditions that must all hold, each under the name of a feature of the state
    /// (dots lead into nested objects): a value it must equal, or an object of operators <c>$lt $lte $gt $gte</c> (numbers, or texts by
    /// code point), <c>$eq $ne</c>, <c>$in</c> (an array) and <c>$exists</c> (true or false). Numbers are compared with all their digits.
    /// Beside features stand <c>$and</c> and <c>$or</c> with an array of such objects, and <c>$not</c> with one, nested as deep as wanted.
    /// </summary>
    [Id(4)]
    public string? TriggerConditionsJson { get; init; }

    /// <summary>What it should bring, JSON, or null.</summary>
    [Id(5)]
    public string? ExpectedOutcomeJson { get; init; }

    /// <summary>How long it lives after its last use, 1 second to 36,500 days; null: for ever.</summary>
    [Id(6)]
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Anything else, a JSON object, or null.</summary>
    [Id(7)]
    public string? MetadataJson { get; init; }

    /// <summary>The id it is to have; storing the same id again changes nothing and answers what is stored. Null: a new one.</summary>
    [Id(8)]
    public Guid? Id { get; init; }
}

/// <summary>One use of a pattern.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.PatternUse")]
public sealed record PatternUse
{
    /// <summary>The use's own id. Sending the same id again within a day counts once.</summary>
    [Id(0)]
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The pattern.</summary>
    [Id(1)]
    public required Guid PatternId { get; init; }

    /// <summary>Whether it succeeded.</summary>
    [Id(2)]
    public required bool Success { get; init; }

    /// <summary>The reward it brought: finite, at most <see cref="QLimits.MaxQValue"/> in size.</summary>
    [Id(3)]
    public double Reward { get; init; }
}
