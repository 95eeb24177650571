using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>Keeps the row of each agent.</summary>
public interface IAgentStore
{
    /// <summary>An agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when it has no row.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<AgentRow?> FindAsync(AgentKey agent, CancellationToken cancellationToken);

    /// <summary>Makes the row of a new agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="explorationRate">Its first exploration rate.</param>
    /// <param name="learningRate">Its step size now.</param>
    /// <param name="own">The settings that are its own.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when there is a row already.</returns>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<AgentRow?> InsertAsync(
        AgentKey agent, double explorationRate, double learningRate, AgentRegistration own, CancellationToken cancellationToken);

    /// <summary>Changes an agent's status, session or error.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="change">The change; what it does not name stays.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentException">It has no row.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<AgentRow> UpdateAsync(AgentKey agent, AgentChange change, CancellationToken cancellationToken);

    /// <summary>Changes an agent's rates.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="change">The change; what it does not name stays.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentException">It has no row.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<AgentRow> ChangeRatesAsync(AgentKey agent, RateChange change, CancellationToken cancellationToken);

    /// <summary>Deletes an agent's row, its trajectories and their rewards, in one transaction; or counts them.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="isDryRun">Only counts.</param>
    /// <param name="cancellationToken">Ends the transaction.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot do it; nothing was deleted.</exception>
    Task<DeletedRows[]> RemoveAsync(AgentKey agent, bool isDryRun, CancellationToken cancellationToken);

    /// <summary>Shows what an agent is doing; one that a SQL program paused or put in error meanwhile stays so.</summary>
    /// <param name="agent">The agent; one without a row is passed over.</param>
    /// <param name="status">The status.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task ShowAsync(AgentKey agent, AgentStatus status, CancellationToken cancellationToken);
}
