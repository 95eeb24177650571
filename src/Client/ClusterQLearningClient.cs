using System.Collections.Concurrent;
using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>The client over an Orleans cluster client.</summary>
internal sealed class ClusterQLearningClient(IClusterClient cluster, ClusterCalls calls, TimeProvider time) : IQLearningClient
{
    private readonly ConcurrentDictionary<string, AgentTypeClient> _agentTypes = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<AgentKey, AgentClient> _agents = new();
    private readonly ConcurrentDictionary<string, PatternLibraryClient> _patterns = new(StringComparer.Ordinal);

    public SessionsClient Sessions { get; } = new(cluster, calls);

    public RegistryClient Registry { get; } = new(cluster, calls);

    public MaintenanceClient Maintenance { get; } = new(cluster, calls, time);

    public AgentClient Agent(string agentType, string instance) =>
        _agents.GetOrAdd(AgentKey.For(agentType, instance), key => new AgentClient(key, cluster, calls, time));

    public PatternLibraryClient Patterns(string agentType)
    {
        ArgumentNullException.ThrowIfNull(agentType);
        return _patterns.GetOrAdd(agentType, name => new PatternLibraryClient(name, cluster, calls));
    }

    public AgentTypeClient AgentType(string agentType)
    {
        ArgumentNullException.ThrowIfNull(agentType);
        return _agentTypes.GetOrAdd(agentType, name => new AgentTypeClient(name, cluster, calls));
    }

    public Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default) => Registry.ListAsync(cancellationToken);
}
