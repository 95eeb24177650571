using System.Collections.Concurrent;

namespace QLearning.Grains.SqlChanges;

/// <summary>The agent types whose grains are active in this silo.</summary>
internal sealed class ActiveTables
{
    private readonly ConcurrentDictionary<string, ISharedTable> _tables = new(StringComparer.Ordinal);

    public ICollection<string> AgentTypes => _tables.Keys;

    public void Add(string agentType, ISharedTable table) => _tables[agentType] = table;

    public void Remove(string agentType) => _tables.TryRemove(agentType, out _);

    public ISharedTable? Find(string agentType) => _tables.GetValueOrDefault(agentType);
}
