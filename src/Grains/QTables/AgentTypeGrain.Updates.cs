using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Input;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;

namespace QLearning.Grains.QTables;

/// <summary>What agents learned: in memory at once, and durable when they ask for it. Of a split table each part learns what it owns.</summary>
internal sealed partial class AgentTypeGrain
{
    public async ValueTask<LearnResult> Learn(Transition transition, WriteMode mode)
    {
        InputCheck.Transition(transition);
        InputCheck.Mode(mode);
        var hot = await HotAsync();
        return hot.Part.Owns(transition.State.Key)
            ? await ChangeAsync(hot, () => Touched([transition]), mode, (table, elsewhere) => table.Learn(transition, elsewhere))
            : await Owner(hot.Part.Of(transition.State.Key)).Learn(transition, mode);
    }

    public async ValueTask<LearnResult[]> LearnMany(Transition[] transitions, WriteMode mode)
    {
        InputCheck.Transitions(transitions);
        InputCheck.Mode(mode);
        return await ChangeManyAsync(
            transitions,
            static transition => transition.State.Key,
            (hot, own) => ChangeAsync(hot, () => Touched(own), mode, (table, elsewhere) => table.LearnMany(own, elsewhere)),
            (owner, own) => owner.LearnMany(own, mode));
    }

    public async ValueTask<LearnResult> Upsert(QValueUpsert upsert, WriteMode mode)
    {
        InputCheck.Upsert(upsert);
        InputCheck.Mode(mode);
        var hot = await HotAsync();
        return hot.Part.Owns(upsert.State.Key)
            ? await ChangeAsync(hot, () => [upsert.State.Key], mode, (table, _) => table.Upsert(upsert))
            : await Owner(hot.Part.Of(upsert.State.Key)).Upsert(upsert, mode);
    }

    public async ValueTask<LearnResult[]> UpsertMany(QValueUpsert[] upserts, WriteMode mode)
    {
        InputCheck.Upserts(upserts);
        InputCheck.Mode(mode);
        return await ChangeManyAsync(
            upserts,
            static upsert => upsert.State.Key,
            (hot, own) => ChangeAsync(hot, () => Touched(own), mode, (table, _) => table.UpsertMany(own)),
            (owner, own) => owner.UpsertMany(own, mode));
    }

    public ValueTask<UpdateResult> Apply(UpdateBatch batch)
    {
        UpdateBatchCheck.All(batch);
        return ApplyAsync(batch);
    }

    public async ValueTask<Durability> GetDurability()
    {
        var hot = await HotAsync();
        return new Durability(hot.Epoch, hot.Flusher.Watermark, hot.Part.Count);
    }

    private static HashSet<StateKey> Touched(Transition[] transitions)
    {
        var states = new HashSet<StateKey>();
        Learner.CollectStates(transitions, states);
        return states;
    }

    private static HashSet<StateKey> Touched(QValueUpsert[] upserts) => [.. upserts.Select(upsert => upsert.State.Key)];

    private async ValueTask<UpdateResult> ApplyAsync(UpdateBatch batch)
    {
        var hot = await HotAsync();
        if (hot.Part.IsSplit)
        {
            // It has one number, so only one grain may learn it.
            RequireOwned(hot.Part, batch.Transitions.Select(transition => transition.State.Key));
            RequireOwned(hot.Part, batch.Upserts.Select(upsert => upsert.State.Key));
        }

        if (batch.Epoch > hot.Epoch)
        {
            // The client has heard from a newer activation: this one only does not know yet that it lost its rows.
            throw hot.Flusher.FencedError();
        }

        if (batch.Epoch != 0 && batch.Epoch < hot.Epoch)
        {
            return new UpdateResult(null, hot.Epoch, hot.Flusher.Watermark);
        }

        var results = await ChangeAsync(
            hot,
            () => batch.Transitions.Length > 0 ? Touched(batch.Transitions) : Touched(batch.Upserts),
            batch.Mode,
            (table, elsewhere) => table.Apply(batch, elsewhere));
        return new UpdateResult(results, hot.Epoch, hot.Flusher.Watermark);
    }

    private async Task<LearnResult[]> ChangeManyAsync<T>(
        T[] items,
        Func<T, StateKey> state,
        Func<HotTable, T[], ValueTask<LearnResult[]>> change,
        Func<IAgentTypeGrain, T[], ValueTask<LearnResult[]>> ask)
    {
        var hot = await HotAsync();
        return hot.Part.IsSplit
            ? await PartitionedBatch.SendAsync(
                hot.Part.Count,
                items,
                state,
                async (index, own) => index == hot.Part.Index ? await change(hot, own) : await ask(Owner(hot.Part with { Index = index }), own))
            : await change(hot, items);
    }

    private async ValueTask<T> ChangeAsync<T>(HotTable hot, Func<HashSet<StateKey>> touched, WriteMode mode, Func<HotTable, QTable?, T> change)
    {
        QTable? elsewhere = null;
        if (!hot.Table.IsWhole || hot.Part.IsSplit)
        {
            var states = touched();
            elsewhere = await ReadElsewhereAsync(hot, states);
            await UntilStopAsync(hot.EnsureHotAsync(states));
        }

        var result = change(hot, elsewhere);
        if ((mode == WriteMode.AgentTypeDefault ? hot.Type.Settings.WriteMode : mode) == WriteMode.Durable)
        {
            await UntilStopAsync(hot.Flusher.CommitAsync());
        }

        return result;
    }
}
