using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// The registered agent types. Every call may throw <see cref="InvalidInputException"/>, <see cref="StorageUnavailableException"/> and
/// <see cref="ClusterUnavailableException"/>. A change reaches running grains of all silos within 2 seconds.
/// </summary>
public sealed class AgentTypesClient
{
    private readonly IRegistryGrain _grain;
    private readonly IClusterCalls _calls;

    internal AgentTypesClient(IGrainFactory grains, IClusterCalls calls) =>
        (_grain, _calls) = (grains.GetKnown<IRegistryGrain>(IRegistryGrain.Key), calls);

    /// <summary>All agent types by name.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<AgentTypeInfo[]> ListAsync(CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("list the agent types", _grain.GetAgentTypes, cancellationToken);

    /// <summary>One agent type.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public Task<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync($"read the agent type '{agentType}'", () => _grain.GetAgentType(agentType), cancellationToken);

    /// <summary>Adds an agent type.</summary>
    /// <param name="type">The agent type with all its settings.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be added.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, or the name is taken.</exception>
    public Task<AgentTypeInfo> AddAsync(AgentTypeInfo type, CancellationToken cancellationToken = default) =>
        _calls.OnceAsync("add an agent type", () => _grain.Add(type), cancellationToken);

    /// <summary>Changes an agent type: <c>ChangeAsync(await GetAsync(name) with { LearningRate = 0.2 })</c>.</summary>
    /// <param name="type">The agent type with all its settings; other names in its metadata stay.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public Task<AgentTypeInfo> ChangeAsync(AgentTypeInfo type, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("change an agent type", () => _grain.Change(type), cancellationToken);

    /// <summary>Makes an agent type learn again.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public Task<AgentTypeInfo> ActivateAsync(string agentType, CancellationToken cancellationToken = default) =>
        SetActiveAsync(agentType, isActive: true, cancellationToken);

    /// <summary>Makes an agent type refuse to learn; it still answers reads.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public Task<AgentTypeInfo> DeactivateAsync(string agentType, CancellationToken cancellationToken = default) =>
        SetActiveAsync(agentType, isActive: false, cancellationToken);

    /// <summary>
    /// Deletes an agent type with its Q-values, trajectories, rewards, sessions, agents and patterns. Its running grains answer
    /// <see cref="UnknownAgentTypeException"/> within a second.
    /// </summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="isDryRun">True: nothing is deleted, only counted.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be deleted.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public async Task<IReadOnlyList<DeletedRows>> DeleteAsync(
        string agentType, bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        var id = Guid.CreateVersion7();
        while (true)
        {
            var rows = await _calls.RepeatableChangeAsync(
                $"delete the agent type '{agentType}'", () => _grain.Delete(agentType, id, isDryRun), cancellationToken);
            if (rows is not null)
            {
                return rows;
            }
        }
    }

    private Task<AgentTypeInfo> SetActiveAsync(string agentType, bool isActive, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync($"change the agent type '{agentType}'", () => _grain.SetActive(agentType, isActive), cancellationToken);
}
