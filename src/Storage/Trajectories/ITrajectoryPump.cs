using QLearning.Abstractions;
using QLearning.Storage.Agents;

namespace QLearning.Storage.Trajectories;

/// <summary>Stores trajectories with their rewards durably. One per silo.</summary>
public interface ITrajectoryPump
{
    /// <summary>How long the oldest rows wait for their commit; zero when none waits.</summary>
    TimeSpan OldestWait { get; }

    /// <summary>False when what is handed in will never be written, although the pump was not stopped.</summary>
    bool IsRunning { get; }

    /// <summary>Stores trajectories and their rewards, and moves the counters of their sessions: all or none.</summary>
    /// <param name="trajectories">The trajectories.</param>
    /// <returns>A task that ends after the commit.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL refused them, or the silo is stopping; nothing was stored.</exception>
    /// <exception cref="InvalidInputException">
    /// They name something that does not exist, or a sum is too large; nothing was stored.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">Too many rows wait already; nothing was stored.</exception>
    Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories);

    /// <summary>
    /// Stores the trajectory of an agent's episode and moves the agent's row: all or none. An episode that is stored already counts once.
    /// </summary>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="agent">What else the episode changes in the agent's row.</param>
    /// <returns>
    /// The agent's counters after the commit; null: a SQL program has deleted its row, and only the trajectory was stored.
    /// </returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL refused it, or the silo is stopping; nothing was stored.</exception>
    /// <exception cref="InvalidInputException">
    /// It names something that does not exist, or a sum is too large; nothing was stored.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">Too many rows wait already; nothing was stored.</exception>
    Task<AgentTotals?> WriteEpisodeAsync(TrajectoryRecord trajectory, AgentProgress agent);
}
