using QLearning.Abstractions;

namespace QLearning.Storage.AgentTypes;

/// <summary>Reads agent types for those that learn.</summary>
public interface IAgentTypeReader
{
    /// <summary>One agent type.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="InvalidInputException">Its metadata holds a setting that is not allowed.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken);
}
