using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Storage.SqlChanges;

namespace QLearning.Grains.SqlChanges;

/// <summary>
/// Carries what other programs wrote to the grains that have it in memory: one call at a time for each grain, with all that came together
/// meanwhile. The call is short, since the grain only notes what it is told; one that fails is repeated for that grain alone.
/// </summary>
internal sealed class SqlChangeRelay(ActiveTables tables, ChangeMarks marks, TimeProvider time, ILogger<SqlChangeRelay> logger)
    : ISqlChangeSink
{
    // More names than these are told as "any state", so that a grain that cannot be told for long costs no more than this.
    private const int MaxStates = QLimits.MaxBatch;

    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ISharedTable, Waiting> _waiting = [];

    public void QValuesChanged(string agentType, IReadOnlyCollection<StateKey>? states) =>
        Add(agentType, new SqlChangeSet(states ?? [], states is null, IsSettings: false));

    public void SettingsChanged(string agentType) => Add(agentType, new SqlChangeSet([], IsAnyState: false, IsSettings: true));

    public void AgentsChanged(string agentType, IReadOnlyCollection<string>? instances) => marks.MarkAgents(agentType, instances);

    public void PatternsChanged(string agentType) => marks.MarkPatterns(agentType);

    public void AnythingChanged()
    {
        marks.MarkAll();
        foreach (var agentType in tables.AgentTypes)
        {
            Add(agentType, new SqlChangeSet([], IsAnyState: true, IsSettings: true));
        }
    }

    private void Add(string agentType, SqlChangeSet changes)
    {
        foreach (var table in tables.Find(agentType))
        {
            lock (_gate)
            {
                if (_waiting.TryGetValue(table, out var waiting))
                {
                    waiting.Add(changes);
                    continue;
                }

                _waiting[table] = waiting = new Waiting();
                waiting.Add(changes);
            }

            _ = Task.Run(() => CarryAsync(agentType, table));
        }
    }

    private async Task CarryAsync(string agentType, ISharedTable table)
    {
        while (Take(agentType, table) is { } changes)
        {
            try
            {
                await table.TakeOver(changes);
            }
            catch (Exception error)
            {
                // Whatever it was: what was changed is not forgotten, and the grain must go on being told.
                logger.TakeOverFailed(error, agentType, _retryPause);
                Return(table, changes);
                await Task.Delay(_retryPause, time);
            }
        }
    }

    /// <summary>What waits; null and forgotten when nothing does, or when the activation has ended: the next one reads all anew.</summary>
    private SqlChangeSet? Take(string agentType, ISharedTable table)
    {
        lock (_gate)
        {
            if (_waiting[table].IsEmpty || !tables.Find(agentType).Contains(table))
            {
                _waiting.Remove(table);
                return null;
            }

            var waiting = _waiting[table];
            _waiting[table] = new Waiting();
            return waiting.ToSet();
        }
    }

    private void Return(ISharedTable table, SqlChangeSet changes)
    {
        lock (_gate)
        {
            _waiting[table].Add(changes);
        }
    }

    private sealed class Waiting
    {
        private readonly HashSet<StateKey> _states = [];
        private bool _isAnyState;
        private bool _isSettings;

        public bool IsEmpty => !_isAnyState && !_isSettings && _states.Count == 0;

        public void Add(SqlChangeSet changes)
        {
            _isSettings |= changes.IsSettings;
            _isAnyState |= changes.IsAnyState || _states.Count + changes.States.Count > MaxStates;
            if (_isAnyState)
            {
                _states.Clear();
            }
            else
            {
                _states.UnionWith(changes.States);
            }
        }

        public SqlChangeSet ToSet() => new(_states, _isAnyState, _isSettings);
    }
}
