using System.Collections.Concurrent;
using QLearning.Abstractions;

namespace QLearning.Grains.SqlChanges;

/// <summary>
/// Tells small grains that a SQL program wrote what they have in memory: an agent its row, a library its patterns. They read it again with
/// their next call, so a change costs nothing until a grain asks, and one query however many changes there were. One per silo.
/// </summary>
internal sealed class ChangeMarks
{
    private readonly ConcurrentDictionary<AgentKey, ChangeMark> _agents = new();
    private readonly ConcurrentDictionary<string, ChangeMark> _patterns = new(StringComparer.Ordinal);

    /// <summary>The mark of an agent that is in memory.</summary>
    public ChangeMark Of(AgentKey agent) => _agents.GetOrAdd(agent, static _ => new ChangeMark());

    /// <summary>The mark of a type's patterns that are in memory.</summary>
    public ChangeMark OfPatterns(string agentType) => _patterns.GetOrAdd(agentType, static _ => new ChangeMark());

    /// <summary>The agent leaves memory.</summary>
    public void Remove(AgentKey agent, ChangeMark mark) => _agents.TryRemove(new(agent, mark));

    /// <summary>The patterns leave memory.</summary>
    public void RemovePatterns(string agentType, ChangeMark mark) => _patterns.TryRemove(new(agentType, mark));

    /// <summary>Agents were changed; null: any of the type.</summary>
    public void MarkAgents(string agentType, IReadOnlyCollection<string>? instances)
    {
        if (instances is null)
        {
            MarkAll(_agents.Where(agent => agent.Key.AgentType == agentType).Select(agent => agent.Value));
            return;
        }

        foreach (var instance in instances)
        {
            if (_agents.TryGetValue(new AgentKey(agentType, instance), out var mark))
            {
                mark.Set();
            }
        }
    }

    /// <summary>The patterns of a type were changed.</summary>
    public void MarkPatterns(string agentType)
    {
        if (_patterns.TryGetValue(agentType, out var mark))
        {
            mark.Set();
        }
    }

    /// <summary>Anything may have changed.</summary>
    public void MarkAll() => MarkAll(_agents.Values.Concat(_patterns.Values));

    private static void MarkAll(IEnumerable<ChangeMark> marks)
    {
        foreach (var mark in marks)
        {
            mark.Set();
        }
    }
}

/// <summary>Whether something was changed since it was read last. Safe to share between threads.</summary>
internal sealed class ChangeMark
{
    private int _isSet;

    public bool IsSet => Volatile.Read(ref _isSet) != 0;

    public void Set() => Volatile.Write(ref _isSet, 1);

    /// <summary>Waits for a write; when it is not known whether it took effect, the next call reads what there is.</summary>
    public async Task<T> SetIfInDoubtAsync<T>(Task<T> write)
    {
        try
        {
            return await write;
        }
        catch (StorageUnavailableException error) when (error.MayHaveTakenEffect)
        {
            Set();
            throw;
        }
    }

    /// <summary>Takes the mark away; to be called before reading, so that what is changed meanwhile is read too.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Take() => Interlocked.Exchange(ref _isSet, 0) != 0;
}
