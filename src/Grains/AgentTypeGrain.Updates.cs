using QLearning.Abstractions;
using QLearning.Grains.Input;

namespace QLearning.Grains;

internal sealed partial class AgentTypeGrain
{
    public ValueTask<UpdateResult> Apply(UpdateBatch batch)
    {
        UpdateBatchCheck.All(batch);
        return ApplyAsync(batch);
    }

    public async ValueTask<Durability> GetDurability()
    {
        var hot = await HotAsync();
        return new Durability(hot.Epoch, hot.Flusher.Watermark);
    }

    private async ValueTask<UpdateResult> ApplyAsync(UpdateBatch batch)
    {
        var hot = await HotAsync();
        if (batch.Epoch > hot.Epoch)
        {
            // The client has heard from a newer activation: this one only does not know yet that it lost its rows.
            throw hot.Flusher.FencedError();
        }

        if (batch.Epoch != 0 && batch.Epoch < hot.Epoch)
        {
            return new UpdateResult(null, hot.Epoch, hot.Flusher.Watermark);
        }

        var touched = batch.Transitions.Length > 0 ? Touched(batch.Transitions) : () => batch.Upserts.Select(upsert => upsert.State.Key);
        var results = await ChangeAsync(touched, batch.Mode, table => table.Apply(batch));
        return new UpdateResult(results, hot.Epoch, hot.Flusher.Watermark);
    }
}
