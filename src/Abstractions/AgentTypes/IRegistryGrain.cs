namespace QLearning.Abstractions;

/// <summary>The list of agent types. A singleton with the key <see cref="Key"/>.</summary>
[Alias("QLearning.IRegistryGrain")]
public interface IRegistryGrain : IGrainWithStringKey
{
    /// <summary>The key of the one registry.</summary>
    const string Key = "registry";

    /// <summary>All agent types by name.</summary>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("GetAgentTypes")]
    ValueTask<AgentTypeInfo[]> GetAgentTypes();

    /// <summary>One agent type.</summary>
    /// <param name="agentType">Its name.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("GetAgentType")]
    ValueTask<AgentTypeInfo> GetAgentType(string agentType);

    /// <summary>Adds an agent type. Its grains exist from the first call on.</summary>
    /// <param name="type">The agent type with all its settings.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, or the name is taken; nothing was stored.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("Add")]
    ValueTask<AgentTypeInfo> Add(AgentTypeInfo type);

    /// <summary>Changes an agent type. Running grains of all silos go by the new settings within 2 seconds.</summary>
    /// <param name="type">The agent type with all its settings; other names in its metadata stay.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed; nothing was stored.</exception>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("Change")]
    ValueTask<AgentTypeInfo> Change(AgentTypeInfo type);

    /// <summary>Makes an agent type learn, or refuse to learn while it still answers reads.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="isActive">Whether it learns.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    [Alias("SetActive")]
    ValueTask<AgentTypeInfo> SetActive(string agentType, bool isActive);

    /// <summary>
    /// Deletes an agent type with its Q-values, trajectories, rewards, sessions, agents and patterns. Its running grains answer
    /// <see cref="UnknownAgentTypeException"/> within a second.
    /// </summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="id">The deletion's own id, not empty: whoever asks again with it is told what it did.</param>
    /// <param name="isDryRun">Only counts what would go.</param>
    /// <returns>How many rows of each table; null: it takes longer, and goes on until it is asked for again.</returns>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not do it.</exception>
    [Alias("Delete")]
    ValueTask<DeletedRows[]?> Delete(string agentType, Guid id, bool isDryRun);
}
