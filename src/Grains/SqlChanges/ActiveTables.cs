using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace QLearning.Grains.SqlChanges;

/// <summary>The agent types whose grains are active in this silo; with several partitions of one there may be several.</summary>
internal sealed class ActiveTables
{
    private readonly ConcurrentDictionary<string, ImmutableHashSet<ISharedTable>> _tables = new(StringComparer.Ordinal);

    public ICollection<string> AgentTypes => _tables.Keys;

    public void Add(string agentType, ISharedTable table) =>
        _tables.AddOrUpdate(agentType, [table], (_, tables) => tables.Add(table));

    /// <summary>Removes a table.</summary>
    public void Remove(string agentType, ISharedTable table)
    {
        while (_tables.TryGetValue(agentType, out var tables))
        {
            var left = tables.Remove(table);
            if (left.IsEmpty ? _tables.TryRemove(new(agentType, tables)) : _tables.TryUpdate(agentType, left, tables))
            {
                return;
            }
        }
    }

    public IReadOnlyCollection<ISharedTable> Find(string agentType) => _tables.GetValueOrDefault(agentType, []);
}
