using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Client.Partitions;
using QLearning.Client.Updates;

namespace QLearning.Client.Connection;

/// <summary>The client over an Orleans cluster client.</summary>
internal sealed class ClusterQLearningClient(
    IClusterClient cluster, ClusterCalls calls, IOptions<QLearningClientOptions> options, ILogger<UpdateSender> logger, TimeProvider time)
    : IQLearningClient, IDisposable
{
    // Lazy: of two first calls at the same time only one may make a sender, or updates would have two owners.
    private readonly ConcurrentDictionary<string, Lazy<AgentTypeClient>> _agentTypes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<AgentKey, AgentClient> _agents = new();
    private readonly ConcurrentDictionary<string, PatternLibraryClient> _patterns = new(StringComparer.Ordinal);

    public SessionsClient Sessions { get; } = new(cluster, calls);

    public AgentTypesClient AgentTypes { get; } = new(cluster, calls);

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
        return _agentTypes.GetOrAdd(agentType, name => new Lazy<AgentTypeClient>(() => Create(name))).Value;
    }

    /// <summary>Stops to watch whether updates become durable.</summary>
    public void Dispose()
    {
        foreach (var agentType in _agentTypes.Values.Where(made => made.IsValueCreated))
        {
            agentType.Value.Dispose();
        }
    }

    public Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default) => AgentTypes.ListAsync(cancellationToken);

    private AgentTypeClient Create(string agentType)
    {
        var key = AgentTypeKey.For(agentType);
        var table = new PartitionedTable(part => cluster.GetGrain<IAgentTypeGrain>((key with { Partition = part }).ToString()), time);
        var settings = new UpdateSenderOptions(options.Value.MaxUndurableUpdates, options.Value.RetryFor, options.Value.MergeCalls);
        var updates = options.Value.ResendUndurable ? new UpdateSender(agentType, table, calls, settings, logger, time) : null;
        return new AgentTypeClient(agentType, table, cluster.GetGrain<IHistoryGrain>(0), calls, updates, options.Value.MergeCalls, time);
    }
}
