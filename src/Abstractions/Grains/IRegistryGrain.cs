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
}
