using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Client.Agents;
using QLearning.Client.Partitions;
using QLearning.Client.Telemetry;
using QLearning.Client.Updates;

namespace QLearning.Client.Connection;

/// <summary>The client over an Orleans cluster client.</summary>
internal sealed class ClusterQLearningClient(
    IClusterClient cluster,
    IClusterCalls calls,
    IOptions<QLearningClientOptions> options,
    ClientInstruments instruments,
    ILogger<UpdateSender> logger,
    TimeProvider time) : IQLearningClient, IDisposable
{
    // Lazy: of two first calls at the same time only one may make a sender, or updates would have two owners. Kept as long as the client:
    // agent types are registered, few, and each has the list of what is not durable. HTTP looks a name up before it comes here.
    private readonly ConcurrentDictionary<string, Lazy<AgentTypeClient>> _agentTypes = new(StringComparer.Ordinal);
    private readonly AgentClients _agents = new(time);
    private readonly ConcurrentDictionary<string, PatternLibraryClient> _patterns = new(StringComparer.Ordinal);

    public SessionsClient Sessions { get; } = new(cluster, calls);

    public AgentTypesClient AgentTypes { get; } = new(cluster, calls);

    public MaintenanceClient Maintenance { get; } = new(cluster, calls, time);

    public RequestKeysClient RequestKeys { get; } = new(cluster, calls);

    public ApiKeysClient ApiKeys { get; } = new(cluster, calls);

    public EpisodeClient Episode(string agentType, string instance, Guid id) =>
        new(AgentKey.For(agentType, instance), id, cluster, calls, this, time);

    public AgentClient Agent(string agentType, string instance) =>
        _agents.GetOrAdd(
            AgentKey.For(agentType, instance),
            key => new AgentClient(key, cluster, calls, () => AgentType(agentType).Updates, _agents.Keep, time));

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

    public Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default) =>
        AgentTypes.ListAsync(cancellationToken);

    private AgentTypeClient Create(string agentType)
    {
        var key = AgentTypeKey.For(agentType);
        var router = new QTableRouter(key, cluster);
        var settings = new UpdateSenderOptions(
            options.Value.MaxNotDurableUpdates, options.Value.RetryFor, options.Value.MergeCalls, options.Value.ResendNotDurable);
        var updates = new UpdateSender(agentType, new OwnerCalls(agentType, router, calls), settings, instruments, logger, time);
        instruments.Watch(updates);
        return new AgentTypeClient(
            agentType, router, cluster.GetKnown<IHistoryGrain>(0), calls, updates, instruments, options.Value.MergeCalls, time);
    }
}
