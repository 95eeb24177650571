using System.Collections.Concurrent;
using QLearning.Storage.SqlChanges;

namespace QLearning.Storage.Tests.SqlChanges;

/// <summary>Notes what it is told, a line each.</summary>
internal sealed class RecordingSink : ISqlChangeSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string[] Lines => [.. _lines];

    public void QValuesChanged(string agentType, IReadOnlyCollection<StateKey>? states) =>
        _lines.Enqueue($"{agentType}: {(states is null ? "any" : string.Join(' ', states.Order()))}");

    public void SettingsChanged(string agentType) => _lines.Enqueue($"{agentType}: settings");

    public void AgentsChanged(string agentType, IReadOnlyCollection<string>? instances) =>
        _lines.Enqueue($"{agentType}: agents {(instances is null ? "any" : string.Join(' ', instances.Order(StringComparer.Ordinal)))}");

    public void PatternsChanged(string agentType) => _lines.Enqueue($"{agentType}: patterns");

    public void AnythingChanged() => _lines.Enqueue("anything");

    public void Forget() => _lines.Clear();
}
