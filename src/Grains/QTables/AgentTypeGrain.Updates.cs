using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.QTables;

/// <summary>What agents learned: in memory at once, and durable when they ask for it.</summary>
internal sealed partial class AgentTypeGrain
{
    public ValueTask<UpdateResult> Apply(UpdateBatch batch)
    {
        UpdateCheck.Batch(batch);
        return ApplyAsync(batch);
    }

    public async ValueTask<Durability> GetDurability() => (await HotAsync()).GetDurability();

    public async ValueTask Flush()
    {
        var hot = await HotAsync();
        await UntilStopAsync(hot.Flusher.CommitAsync());
    }

    private async ValueTask<UpdateResult> ApplyAsync(UpdateBatch batch)
    {
        var hot = await HotAsync();
        var learning = hot.ApplyAsync(batch, batch.NextStates.Length > 0 ? factory.Elsewhere() : null);
        try
        {
            return await UntilStopAsync(learning);
        }
        catch (StorageUnavailableException error) when (!learning.IsCompleted)
        {
            // It may be learned, and stored yet, when the stop waits no longer: under its number the next owner knows.
            throw new FencedException(error.Message, error);
        }
    }
}
