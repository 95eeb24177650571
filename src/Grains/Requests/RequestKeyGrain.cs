using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Requests;

namespace QLearning.Grains.Requests;

/// <summary>Keeps the keys of requests; has no state, so each silo answers with as many activations as it likes.</summary>
[StatelessWorker]
internal sealed class RequestKeyGrain(RequestKeyStore store) : Grain, IRequestKeyGrain
{
    public async ValueTask<ClaimedRequest> Claim(RequestClaim claim)
    {
        RequestCheck.Claim(claim);
        return await store.ClaimAsync(claim, CancellationToken.None);
    }

    public async ValueTask Complete(RequestClaim claim, string answer)
    {
        RequestCheck.Claim(claim);
        RequestCheck.Answer(answer);
        await store.CompleteAsync(claim, answer, CancellationToken.None);
    }

    public async ValueTask Release(RequestClaim claim, bool isUndone)
    {
        RequestCheck.Claim(claim);
        await store.ReleaseAsync(claim, isUndone, CancellationToken.None);
    }
}
