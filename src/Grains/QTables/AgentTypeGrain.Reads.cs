using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.QTables;

/// <summary>What is known of states, from memory.</summary>
internal sealed partial class AgentTypeGrain
{
    public ValueTask<BestAction?> GetBestAction(StateKey state)
    {
        QTableCheck.State(state);
        return _hot is { } hot && hot.IsHot(state) ? new(hot.GetBest(state)) : new(ReadAsync(state, table => table.GetBest(state)));
    }

    public ValueTask<BestAction?[]> GetBestActions(StateKey[] states)
    {
        QTableCheck.States(states);
        return new(ReadManyAsync(states, static (table, state) => table.GetBest(state)));
    }

    public ValueTask<QValue[]> GetQValues(StateKey state)
    {
        QTableCheck.State(state);
        return new(ReadAsync(state, table => table.GetQValues(state)));
    }

    public ValueTask<QValue[][]> GetQValuesMany(StateKey[] states)
    {
        QTableCheck.States(states);
        return new(ReadManyAsync(states, static (table, state) => table.GetQValues(state)));
    }

    public ValueTask<SelectedAction> SelectAction(SelectActionRequest request)
    {
        QTableCheck.Selection(request);
        return _hot is { } hot && hot.IsHot(request.State)
            ? new(hot.Select(request))
            : new(ReadAsync(request.State, table => table.Select(request)));
    }

    public async ValueTask<AgentTypeStatistics> GetStatistics()
    {
        var hot = await HotAsync();
        return new AgentTypeStatistics
        {
            AgentType = hot.Type.AgentType,
            States = hot.Table.StateCount,
            QValues = hot.Table.QValueCount,
            Actions = hot.Table.Actions.Count,
            Visits = hot.Table.VisitTotal,
            IsWhole = hot.Table.IsWhole,
            Backlog = hot.Table.BacklogCount,
            Updates = hot.Updates,
            Flushed = hot.Flusher.Written,
            Epoch = hot.Owner.Epoch,
            Watermark = hot.Flusher.Watermark,
            Silo = RuntimeIdentity,
            Partitions = hot.Partition.Count,
        };
    }

    private async Task<T> ReadAsync<T>(StateKey state, Func<HotTable, T> read)
    {
        var hot = await HotAsync();
        RequireOwned(hot, [state]);
        using var lease = await UntilStopAsync(hot.LeaseAsync([state]));
        return read(hot);
    }

    private async Task<T[]> ReadManyAsync<T>(StateKey[] states, Func<HotTable, StateKey, T> read)
    {
        var hot = await HotAsync();
        RequireOwned(hot, states);
        using var lease = await UntilStopAsync(hot.LeaseAsync(states));
        return Array.ConvertAll(states, state => read(hot, state));
    }

    private static void RequireOwned(HotTable hot, StateKey[] states)
    {
        if (hot.Partition.IsPartitioned && !Array.TrueForAll(states, hot.Partition.Owns))
        {
            throw new NotOwnerException(hot.Owner.Key, hot.Partition.Count);
        }
    }
}
