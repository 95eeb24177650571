using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// Whose an API key is. Keys are made and revoked by <c>qlearn keys</c>, on the database: no caller over the network can. Every call may
/// throw <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>.
/// </summary>
public sealed class ApiKeysClient
{
    private readonly IGrainFactory _grains;
    private readonly IClusterCalls _calls;

    internal ApiKeysClient(IGrainFactory grains, IClusterCalls calls) => (_grains, _calls) = (grains, calls);

    /// <summary>Asks the database whose a key is; null: there is no such key, or it is revoked or expired.</summary>
    /// <param name="hash">The key's hash (<see cref="ApiKey.HashOf"/>).</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidInputException">The hash has another length.</exception>
    public Task<ApiKeyHolder?> FindAsync(byte[] hash, CancellationToken cancellationToken = default) =>
        _calls.OnceAsync("look an API key up", () => _grains.GetKnown<IApiKeyGrain>(0).Find(hash), cancellationToken);
}
