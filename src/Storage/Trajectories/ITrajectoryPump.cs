namespace QLearning.Storage.Trajectories;

/// <summary>Stores trajectories durably. One per silo.</summary>
public interface ITrajectoryPump
{
    /// <summary>Stores trajectories and their rewards: all or none.</summary>
    /// <param name="trajectories">The trajectories.</param>
    /// <returns>A task that ends after the commit.</returns>
    /// <exception cref="Abstractions.StorageUnavailableException">PostgreSQL refused them, or the silo is stopping; nothing was stored.</exception>
    /// <exception cref="Abstractions.WriteBacklogFullException">Too many rows wait already; nothing was stored.</exception>
    Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories);
}
