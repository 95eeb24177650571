using QLearning.Abstractions;

namespace QLearning.Storage.ApiKeys;

/// <summary>A row of <c>api_keys</c>.</summary>
/// <param name="Prefix">How the key begins.</param>
/// <param name="Holder">Its name and what it allows.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked; null: it was not.</param>
/// <param name="LastUsedAt">The last use that was noted; null: never used.</param>
/// <param name="IsValid">Whether it is neither revoked nor expired.</param>
public sealed record StoredApiKey(
    string Prefix, ApiKeyHolder Holder, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, bool IsValid);
