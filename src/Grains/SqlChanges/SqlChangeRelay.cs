using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Storage.SqlChanges;

namespace QLearning.Grains.SqlChanges;

/// <summary>
/// Carries what other programs wrote to the grains that have it in memory: one call at a time for each agent type, with all that came
/// together meanwhile.
/// </summary>
internal sealed class SqlChangeRelay(ActiveTables tables, TimeProvider time, ILogger<SqlChangeRelay> logger) : ISqlChangeSink
{
    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    public void QValuesChanged(string agentType, IReadOnlyCollection<StateKey>? states) => Add(agentType, waiting =>
    {
        waiting.IsAnyState |= states is null;
        waiting.States.UnionWith(states ?? []);
    });

    public void SettingsChanged(string agentType) => Add(agentType, waiting => waiting.IsSettings = true);

    public void AnythingChanged()
    {
        foreach (var agentType in tables.AgentTypes)
        {
            Add(agentType, waiting => waiting.IsAnyState = waiting.IsSettings = true);
        }
    }

    private void Add(string agentType, Action<Waiting> note)
    {
        if (tables.Find(agentType).Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_waiting.TryGetValue(agentType, out var waiting))
            {
                note(waiting);
                return;
            }

            _waiting[agentType] = waiting = new Waiting();
            note(waiting);
        }

        _ = Task.Run(() => CarryAsync(agentType));
    }

    private async Task CarryAsync(string agentType)
    {
        while (Take(agentType) is { } changes)
        {
            try
            {
                await Task.WhenAll(tables.Find(agentType).Select(table => table.TakeOver(changes)));
            }
            catch (Exception error)
            {
                // Whatever it was: what was changed is not forgotten, and the type must go on being told.
                logger.TakeOverFailed(error, agentType, _retryPause);
                Return(agentType, changes);
                await Task.Delay(_retryPause, time);
            }
        }
    }

    /// <summary>What waits; null and forgotten when nothing does.</summary>
    private SqlChangeSet? Take(string agentType)
    {
        lock (_gate)
        {
            var waiting = _waiting[agentType];
            if (waiting is { IsAnyState: false, IsSettings: false, States.Count: 0 })
            {
                _waiting.Remove(agentType);
                return null;
            }

            _waiting[agentType] = new Waiting();
            return new SqlChangeSet(waiting.States, waiting.IsAnyState, waiting.IsSettings);
        }
    }

    private void Return(string agentType, SqlChangeSet changes)
    {
        lock (_gate)
        {
            var waiting = _waiting[agentType];
            waiting.IsAnyState |= changes.IsAnyState;
            waiting.IsSettings |= changes.IsSettings;
            waiting.States.UnionWith(changes.States);
        }
    }

    private sealed class Waiting
    {
        public HashSet<StateKey> States { get; } = [];

        public bool IsAnyState { get; set; }

        public bool IsSettings { get; set; }
    }
}
