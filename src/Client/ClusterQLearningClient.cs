using System.Collections.Concurrent;
using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>The client over an Orleans cluster client.</summary>
internal sealed class ClusterQLearningClient(IClusterClient cluster, ClusterCalls calls) : IQLearningClient
{
    private readonly ConcurrentDictionary<string, AgentTypeClient> _agentTypes = new(StringComparer.Ordinal);

    public AgentTypeClient AgentType(string agentType)
    {
        ArgumentNullException.ThrowIfNull(agentType);
        return _agentTypes.GetOrAdd(agentType, name => new AgentTypeClient(name, cluster, calls));
    }

    public Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default)
    {
        var registry = cluster.GetGrain<IRegistryGrain>(IRegistryGrain.Key);
        return calls.RepeatableAsync("list the agent types", registry.GetAgentTypes, cancellationToken);
    }
}
