using System.Runtime.InteropServices;
using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// Loads states of a table that is larger than the hot limit when they are asked for, and keeps them for as long as their caller needs
/// them. Callers are let in by room, in the order they came: what is wanted by all who are in fits into memory together, so no caller
/// evicts what another one has loaded and not used yet. A state is loaded by one query at a time: a second one could bring back values from
/// before an update that came between. Runs in the turns of its grain.
/// </summary>
internal sealed class StateLoader(string agentType, QTable table, IQTableReader reader, int maxStates, OwnerCounts counts)
{
    private readonly Dictionary<StateKey, Task> _underWay = [];
    private readonly Dictionary<StateKey, int> _leases = [];
    private readonly Queue<Waiter> _waiting = new();

    /// <summary>The most states in memory, but for what one caller alone wants.</summary>
    public int MaxStates { get; set; } = maxStates;

    /// <summary>Returns when all the states are in memory at the same time; they stay there until the lease is disposed.</summary>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<StateLease> LeaseAsync(IEnumerable<StateKey> states)
    {
        StateKey[] wanted = [.. states.Distinct()];
        if (Array.TrueForAll(wanted, table.Contains))
        {
            // What is hot is answered whoever waits for PostgreSQL.
            Hold(wanted);
        }
        else if (_waiting.Count == 0 && HasRoom(wanted.Length))
        {
            Hold(wanted);
            await FillAsync(wanted);
        }
        else
        {
            var waiter = new Waiter(wanted);
            _waiting.Enqueue(waiter);
            // Whoever makes room holds the states before the waiter goes on.
            await waiter.Admitted.Task;
            await FillAsync(wanted);
        }

        return new StateLease(this, wanted);
    }

    /// <summary>Drops states that were used least recently, if there are more than there may be.</summary>
    public void Evict() => Evict(MaxStates);

    /// <summary>Returns when the loads under way have ended, however they did.</summary>
    public Task SettleAsync() => _underWay.Count == 0
        ? Task.CompletedTask
        : Task.WhenAll(_underWay.Values.Distinct())
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);

    /// <summary>Ends a lease, and lets those in for whom there is room now.</summary>
    internal void Release(StateKey[] states)
    {
        foreach (var state in states)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_leases, state) == 0)
            {
                _leases.Remove(state);
                table.Release(state);
            }
        }

        while (_waiting.TryPeek(out var next) && HasRoom(next.States.Length))
        {
            _waiting.Dequeue();
            Hold(next.States);
            next.Admitted.SetResult();
        }
    }

    // States that are wanted twice are counted twice, which only makes a caller wait that could have been let in. One that wants more
    // than there is room for is let in when no other caller is.
    private bool HasRoom(int states) => _leases.Count == 0 || _leases.Count + states <= MaxStates;

    private void Hold(StateKey[] states)
    {
        foreach (var state in states)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_leases, state, out _)++;
            table.Hold(state);
        }
    }

    private void Evict(int maxStates) => counts.Evicted += table.Evict(maxStates);

    private async Task FillAsync(StateKey[] held)
    {
        try
        {
            while (Array.FindAll(held, state => !table.Contains(state)) is { Length: > 0 } missing)
            {
                Task[] others = [.. missing.Where(_underWay.ContainsKey).Select(state => _underWay[state]).Distinct()];
                await Task.WhenAll([Start(Array.FindAll(missing, state => !_underWay.ContainsKey(state))), .. others]);
            }
        }
        catch
        {
            Release(held);
            throw;
        }
    }

    private Task Start(StateKey[] states)
    {
        if (states.Length == 0)
        {
            return Task.CompletedTask;
        }

        // Room is made before, not after: what is loaded must not drive out what a caller that has been let in goes on with.
        Evict(Math.Max(0, MaxStates - states.Length - _underWay.Count));
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
            var rows = new List<StoredQValue>();
            await reader.LoadStatesAsync(agentType, states, rows.Add, CancellationToken.None);
            counts.Loaded += states.Length;
            foreach (var state in states)
            {
                table.LoadEmpty(state);
                if (_leases.ContainsKey(state))
                {
                    table.Hold(state);
                }
            }

            foreach (var row in rows)
            {
                table.Load(row);
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

    private sealed record Waiter(StateKey[] States)
    {
        /// <summary>Waiters go on in turns of their own, not inside the release of another lease.</summary>
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
