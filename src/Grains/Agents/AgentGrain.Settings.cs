using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Agents;

namespace QLearning.Grains.Agents;

/// <summary>How an agent's rates are changed, and how the agent ends.</summary>
internal sealed partial class AgentGrain
{
    // Kept for a caller who asks again because the answer was lost.
    private DeletedRows[]? _deleted;

    public async ValueTask<AgentInfo> ChangeRates(AgentRegistration change)
    {
        AgentCheck.Registration(change);
        await KnownAsync();
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        return await StoreRatesAsync(
            new RateChange(change.ExplorationRate, change.LearningRate, type.LearningRate, change, ForgetsOwn: false));
    }

    public async ValueTask<AgentInfo> ResetRates()
    {
        await KnownAsync();
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        return await StoreRatesAsync(
            new RateChange(type.ExplorationRate, null, type.LearningRate, new AgentRegistration(), ForgetsOwn: true));
    }

    public async ValueTask<DeletedRows[]> Delete(bool isDryRun)
    {
        if (!isDryRun && _deleted is { } before && await FindAsync() is null)
        {
            return before;
        }

        await KnownAsync();
        if (isDryRun)
        {
            return await store.RemoveAsync(Key, isDryRun: true, CancellationToken.None);
        }

        _deleted = await _changed!.SetIfInDoubtAsync(store.RemoveAsync(Key, isDryRun: false, CancellationToken.None));
        Drop("the agent is deleted");
        (_row, _lastEnd) = (null, null);
        return _deleted;
    }

    private async Task<AgentInfo> StoreRatesAsync(RateChange change)
    {
        await StoreAsync(store.ChangeRatesAsync(Key, change, CancellationToken.None));
        return Info;
    }
}
