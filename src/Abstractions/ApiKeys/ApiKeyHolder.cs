namespace QLearning.Abstractions;

/// <summary>Who calls with a key, and what the key allows.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.ApiKeyHolder")]
public sealed record ApiKeyHolder
{
    /// <summary>The key's name: two keys have the same one while the first is being replaced.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>What the key allows; at least one.</summary>
    [Id(1)]
    public required IReadOnlyList<ApiScope> Scopes { get; init; }

    /// <summary>The agent types that the key is for; null: all.</summary>
    [Id(2)]
    public IReadOnlyList<string>? AgentTypes { get; init; }

    /// <summary>When the key ends; null: never.</summary>
    [Id(3)]
    public DateTimeOffset? ExpiresAt { get; init; }
}
