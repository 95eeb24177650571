using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// Loads states of a table that is larger than the hot limit when they are asked for. A state is loaded by one query at a time: a second
/// one could bring back values from before an update that came between.
/// </summary>
internal sealed class StateLoader(string agentType, QTable table, IQTableReader reader, int maxStates)
{
    /// <summary>The most states in memory.</summary>
    public int MaxStates { get; set; } = maxStates;

    private readonly Dictionary<StateKey, Task> _underWay = [];

    /// <summary>Returns when all the states are in memory at the same time.</summary>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task LoadAsync(IEnumerable<StateKey> states)
    {
        HashSet<StateKey> wanted = [.. states];
        while (true)
        {
            StateKey[] missing = [.. wanted.Where(state => !table.Contains(state))];
            if (missing.Length == 0)
            {
                return;
            }

            // Room is made before, not after: what is loaded here must still be there when the caller goes on.
            table.Evict(Math.Max(0, MaxStates - missing.Length));
            Task[] others = [.. missing.Where(_underWay.ContainsKey).Select(state => _underWay[state]).Distinct()];
            var own = Start([.. missing.Where(state => !_underWay.ContainsKey(state))]);
            await Task.WhenAll([own, .. others]);
        }
    }

    /// <summary>Returns when the loads under way have ended, however they did.</summary>
    public Task SettleAsync() => Task.WhenAll(_underWay.Values.Distinct())
        .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);

    private Task Start(StateKey[] states)
    {
        if (states.Length == 0)
        {
            return Task.CompletedTask;
        }

        var load = RunAsync(states);
        if (!load.IsCompleted)
        {
            Array.ForEach(states, state => _underWay[state] = load);
        }

        return load;
    }

    private async Task RunAsync(StateKey[] states)
    {
        try
        {
            var rows = new List<QValueRow>();
            await reader.LoadStatesAsync(agentType, states, rows.Add, CancellationToken.None);
            foreach (var state in states)
            {
                table.LoadEmpty(state);
            }

            foreach (var row in rows)
            {
                table.Load(StoredRows.ToLearning(row));
            }
        }
        finally
        {
            foreach (var state in states)
            {
                _underWay.Remove(state);
            }
        }
    }
}
