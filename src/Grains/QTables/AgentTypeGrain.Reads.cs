using QLearning.Abstractions;
using QLearning.Abstractions.Input;

namespace QLearning.Grains.QTables;

/// <summary>What is known of states, from memory.</summary>
internal sealed partial class AgentTypeGrain
{
    public ValueTask<BestAction?> GetBestAction(StateKey state)
    {
        QTableCheck.State(state);
        return _hot is { } hot && hot.IsHot(state)
            ? new(hot.Meter.IsTimed() ? Timed(hot, state, static (table, state) => table.GetBest(state)) : hot.GetBest(state))
            : new(ReadAsync(ReadKind.BestAction, state, table => table.GetBest(state)));
    }

    public ValueTask<BestAction?[]> GetBestActions(StateKey[] states)
    {
        QTableCheck.States(states);
        return new(ReadManyAsync(ReadKind.BestAction, states, static (table, state) => table.GetBest(state)));
    }

    public ValueTask<QValue[]> GetQValues(StateKey state)
    {
        QTableCheck.State(state);
        return new(ReadAsync(ReadKind.Values, state, table => table.GetQValues(state)));
    }

    public ValueTask<QValue[][]> GetQValuesMany(StateKey[] states)
    {
        QTableCheck.States(states);
        return new(ReadManyAsync(ReadKind.Values, states, static (table, state) => table.GetQValues(state)));
    }

    public ValueTask<SelectedAction> SelectAction(SelectActionRequest request)
    {
        QTableCheck.Selection(request);
        return _hot is { } hot && hot.IsHot(request.State)
            ? new(hot.Meter.IsTimed() ? Timed(hot, request, static (table, request) => table.Select(request)) : hot.Select(request))
            : new(ReadAsync(ReadKind.Selection, request.State, table => table.Select(request)));
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

    private Task<T> ReadAsync<T>(ReadKind kind, StateKey state, Func<HotTable, T> read) => ReadAsync(kind, [state], read);

    private Task<T[]> ReadManyAsync<T>(ReadKind kind, StateKey[] states, Func<HotTable, StateKey, T> read) =>
        ReadAsync(kind, states, hot => Array.ConvertAll(states, state => read(hot, state)));

    private async Task<T> ReadAsync<T>(ReadKind kind, StateKey[] states, Func<HotTable, T> read)
    {
        var began = time.GetTimestamp();
        var loading = HotAsync();
        var waits = !loading.IsCompleted;
        var hot = await loading;
        RequireOwned(hot, kind, states);
        var leasing = hot.LeaseAsync(states);
        waits |= !leasing.IsCompleted;
        using var lease = await UntilStopAsync(leasing);
        var answer = read(hot);
        if (waits || hot.Meter.IsTimed())
        {
            hot.Meter.Timed(time.GetElapsedTime(began), waits);
        }

        return answer;
    }

    private TResult Timed<T, TResult>(HotTable hot, T asked, Func<HotTable, T, TResult> read)
    {
        var began = time.GetTimestamp();
        var answer = read(hot, asked);
        hot.Meter.Timed(time.GetElapsedTime(began), isFromDatabase: false);
        return answer;
    }

    private static void RequireOwned(HotTable hot, ReadKind kind, StateKey[] states)
    {
        if (hot.Partition.IsPartitioned && !Array.TrueForAll(states, hot.Partition.Owns))
        {
            hot.Meter.Elsewhere(kind, states.Length);
            throw new NotOwnerException(hot.Owner.Key, hot.Partition.Count);
        }
    }
}
