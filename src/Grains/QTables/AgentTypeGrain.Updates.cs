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
        // When the stop waits no longer it may be learned, and stored yet: under its number the next owner knows.
        return await UntilStopAsync(
            hot.ApplyAsync(batch, batch.NextStates.Length > 0 ? factory.Elsewhere() : null), static told => new FencedException(told));
    }
}
