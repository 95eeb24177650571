using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.QTables;

/// <summary>What is known of states: from memory, or from the grain that owns them where the table is split.</summary>
internal sealed partial class AgentTypeGrain
{
    public ValueTask<BestAction?> GetBestAction(StateKey state)
    {
        InputCheck.State(state);
        return _hot is { } hot && hot.IsHot(state)
            ? new(hot.GetBest(state))
            : new(ReadAsync(state, table => table.GetBest(state), owner => owner.GetBestAction(state)));
    }

    public ValueTask<BestAction?[]> GetBestActions(StateKey[] states)
    {
        InputCheck.States(states);
        return new(ReadManyAsync(states, static (table, state) => table.GetBest(state), static (owner, own) => owner.GetBestActions(own)));
    }

    public ValueTask<QValue[]> GetQValues(StateKey state)
    {
        InputCheck.State(state);
        return new(ReadAsync(state, table => table.GetQValues(state), owner => owner.GetQValues(state)));
    }

    public ValueTask<QValue[][]> GetQValuesMany(StateKey[] states)
    {
        InputCheck.States(states);
        return new(ReadManyAsync(states, static (table, state) => table.GetQValues(state), static (owner, own) => owner.GetQValuesMany(own)));
    }

    public ValueTask<SelectedAction> SelectAction(SelectActionRequest request)
    {
        InputCheck.Select(request);
        return new(ReadAsync(request.State, table => table.Select(request), owner => owner.SelectAction(request)));
    }

    private async Task<T> ReadAsync<T>(StateKey state, Func<HotTable, T> read, Func<IAgentTypeGrain, ValueTask<T>> ask)
    {
        var hot = await HotAsync();
        if (!hot.Part.Owns(state))
        {
            return await UnlessFencedAsync(hot, ask(Owner(hot.Part.Of(state))).AsTask());
        }

        await UntilStopAsync(hot.EnsureHotAsync([state]));
        return read(hot);
    }

    private async Task<T[]> ReadManyAsync<T>(
        StateKey[] states, Func<HotTable, StateKey, T> read, Func<IAgentTypeGrain, StateKey[], ValueTask<T[]>> ask)
    {
        var hot = await HotAsync();
        return hot.Part.IsSplit
            ? await UnlessFencedAsync(hot, PartitionedBatch.SendAsync(
                hot.Part.Count,
                states,
                static state => state,
                (index, own) => index == hot.Part.Index
                    ? ReadOwnAsync(hot, own, read)
                    : ask(Owner(hot.Part with { Index = index }), own).AsTask()))
            : await ReadOwnAsync(hot, states, read);
    }

    private async Task<T[]> ReadOwnAsync<T>(HotTable hot, StateKey[] states, Func<HotTable, StateKey, T> read)
    {
        await UntilStopAsync(hot.EnsureHotAsync(states));
        return Array.ConvertAll(states, state => read(hot, state));
    }
}
