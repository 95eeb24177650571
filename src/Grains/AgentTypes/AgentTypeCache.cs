using System.Collections.Concurrent;
using QLearning.Abstractions;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains.AgentTypes;

/// <summary>
/// The agent types as grains that do not own their Q-tables need them: at most a second old, so that thousands of agents do not each ask
/// the database at each episode. One per silo.
/// </summary>
internal sealed class AgentTypeCache(IAgentTypeReader store, TimeProvider time)
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (AgentTypeInfo Type, long ReadAt)> _types = new(StringComparer.Ordinal);

    /// <summary>One agent type.</summary>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public ValueTask<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken) =>
        _types.TryGetValue(agentType, out var known) && time.GetElapsedTime(known.ReadAt) < _maxAge
            ? new(known.Type)
            : new(ReadAsync(agentType, cancellationToken));

    private async Task<AgentTypeInfo> ReadAsync(string agentType, CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();
        var type = await store.GetAsync(agentType, cancellationToken);
        _types[agentType] = (type, readAt);
        return type;
    }
}
