namespace QLearning.Abstractions;

/// <summary>
/// Says whose an API key is; many activations share the work. Every call may throw <see cref="StorageUnavailableException"/> and
/// <see cref="InvalidInputException"/>.
/// </summary>
[Alias("QLearning.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithIntegerKey
{
    /// <summary>Whose it is; null: there is no such key, or it is revoked or expired. Notes the use, at most once a minute.</summary>
    /// <param name="hash">The key's hash (<see cref="ApiKey.HashOf"/>), 32 bytes.</param>
    [Alias("Find")]
    ValueTask<ApiKeyHolder?> Find(byte[] hash);
}
