using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.ApiKeys;

namespace QLearning.Grains.ApiKeys;

/// <summary>Looks keys up; has no state, so each silo answers with as many activations as it likes. Who asks keeps the answer.</summary>
[StatelessWorker]
internal sealed class ApiKeyGrain(ApiKeyStore store) : Grain, IApiKeyGrain
{
    public async ValueTask<ApiKeyHolder?> Find(byte[] hash)
    {
        ApiKeyCheck.Hash(hash);
        return await store.FindAsync(hash, CancellationToken.None);
    }
}
