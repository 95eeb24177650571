using QLearning.Abstractions;

namespace QLearning.Storage.Trajectories;

/// <summary>Tells whether a trajectory is stored.</summary>
public interface ITrajectoryTotals
{
    /// <summary>What is stored of one trajectory, in short.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="id">The trajectory.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>The number of its steps, its total and its discounted reward; null when it is not stored.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<(int Steps, double TotalReward, double DiscountedReward)?> FindTotalsAsync(
        string agentType, Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the trajectory of an episode whose steps have numbers of its own is stored, and whether one of its steps is in the Q-values.
    /// </summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="id">The episode.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<(bool IsStored, bool IsLearned)> FindEpisodeAsync(string agentType, Guid id, CancellationToken cancellationToken);

    /// <summary>How many of some trajectories are stored.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="ids">Their ids, each once.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<int> CountStoredAsync(string agentType, Guid[] ids, CancellationToken cancellationToken);
}
