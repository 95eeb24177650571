using System.Collections.Concurrent;

namespace QLearning.Grains.SqlChanges;

/// <summary>The agent types whose grains are active in this silo.</summary>
internal sealed class ActiveTables
{
    private readonly ConcurrentDictionary<string, ISharedTable> _tables = new(StringComparer.Ordinal);

    public ICollection<string> AgentTypes => _tables.Keys;

    public void Add(string agentType, ISharedTable table) => _tables[agentType] = table;

    /// <summary>Removes a table, unless another activation has taken its place.</summary>
    public void Remove(string agentType, ISharedTable table) => _tables.TryRemove(new KeyValuePair<string, ISharedTable>(agentType, table));

    public ISharedTable? Find(string agentType) => _tables.GetValueOrDefault(agentType);
}
