using QLearning.Abstractions;

namespace QLearning.Storage.Rewards;

/// <summary>Answers what must be known before late rewards are learned.</summary>
public interface ILateRewardStore
{
    /// <summary>Which of some rewards are stored: known by id, state and action.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="rewards">The rewards.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<IReadOnlyList<DelayedReward>> FindStoredAsync(string agentType, DelayedReward[] rewards, CancellationToken cancellationToken);

    /// <summary>The sessions of some trajectories of an agent type.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="trajectories">The trajectories.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>By trajectory; a trajectory that does not exist or is of another type is missing.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<IReadOnlyDictionary<Guid, Guid?>> FindSessionsAsync(string agentType, Guid[] trajectories, CancellationToken cancellationToken);
}
