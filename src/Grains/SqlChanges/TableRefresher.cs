using QLearning.Abstractions;
using QLearning.Grains.QTables;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.SqlChanges;

/// <summary>Reads again what other programs changed of a hot table. Runs in the turns of its grain, one refresh at a time.</summary>
internal sealed class TableRefresher(TablePartition part, QTable table, IQTableReader reader, StateLoader loader) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Reads some states, or all.</summary>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task RefreshAsync(IReadOnlyCollection<StateKey>? states)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            // A load that began before the change may bring what was before it.
            await loader.SettleAsync();
            if (states is not null)
            {
                await ReadAsync(states);
            }
            else if (table.IsWhole && !await reader.HasMoreStatesThanAsync(part, loader.MaxStates, CancellationToken.None))
            {
                await ReadAllAsync();
            }
            else
            {
                // What is hot stays hot: it must be answered also when PostgreSQL goes away just now.
                table.IsWhole = false;
                foreach (var some in table.States().Chunk(QLimits.MaxBatch))
                {
                    await ReadAsync(some);
                }
            }
        }
        finally
        {
            table.Evict(loader.MaxStates);
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task ReadAsync(IReadOnlyCollection<StateKey> states)
    {
        StateKey[] wanted = [.. states.Where(state => part.Owns(state) && (table.IsWhole || table.Contains(state)))];
        if (wanted.Length == 0)
        {
            return;
        }

        using var refresh = table.BeginRefresh(wanted);
        await reader.LoadStatesAsync(part.AgentType, wanted, row => refresh.Take(StoredRows.ToLearning(row)), CancellationToken.None);
        refresh.Complete();
    }

    private async Task ReadAllAsync()
    {
        using var refresh = table.BeginRefresh(null);
        var actions = await reader.LoadAllAsync(part, row => refresh.Take(StoredRows.ToLearning(row)), CancellationToken.None);
        foreach (var (action, json) in actions)
        {
            table.Actions.SetJson(table.Actions.Intern(action, json), json);
        }

        refresh.Complete();
    }
}
