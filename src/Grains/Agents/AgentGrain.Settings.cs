using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.Agents;

/// <summary>How an agent's rates are changed, and how the agent ends.</summary>
internal sealed partial class AgentGrain
{
    // Kept for a caller who asks again because the answer was lost.
    private DeletedRows[]? _deleted;

    public async ValueTask<AgentInfo> ChangeRates(AgentRegistration change)
    {
        AgentCheck.Registration(change);
        var (info, own) = await KnownAsync();
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        return await StoreRatesAsync(type, change.ExplorationRate ?? info.ExplorationRate, new AgentRegistration
        {
            MinExplorationRate = change.MinExplorationRate ?? own.MinExplorationRate,
            ExplorationDecay = change.ExplorationDecay ?? own.ExplorationDecay,
            LearningRate = change.LearningRate ?? own.LearningRate,
        });
    }

    public async ValueTask<AgentInfo> ResetRates()
    {
        await KnownAsync();
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        return await StoreRatesAsync(type, type.ExplorationRate, new AgentRegistration());
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

        _deleted = await store.RemoveAsync(Key, isDryRun: false, CancellationToken.None);
        Drop("the agent is deleted");
        (_row, _isLoaded, _lastEnd) = (null, false, null);
        return _deleted;
    }

    private async Task<AgentInfo> StoreRatesAsync(AgentTypeInfo type, double explorationRate, AgentRegistration own)
    {
        try
        {
            _row = await store.ChangeRatesAsync(
                Key, explorationRate, own.LearningRate ?? type.LearningRate, own, CancellationToken.None);
            return Info;
        }
        catch (UnknownAgentException)
        {
            // A SQL program deleted the row.
            (_row, _isLoaded, _run) = (null, false, null);
            throw;
        }
    }
}
