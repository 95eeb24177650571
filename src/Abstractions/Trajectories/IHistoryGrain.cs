namespace QLearning.Abstractions;

/// <summary>
/// Reads what is stored of sessions, agents and trajectories; many activations share the work. Every call asks PostgreSQL and may throw
/// <see cref="StorageUnavailableException"/>, and <see cref="UnknownAgentTypeException"/> when it names an agent type.
/// </summary>
[Alias("QLearning.IHistoryGrain")]
public interface IHistoryGrain : IGrainWithIntegerKey
{
    /// <summary>Trajectories, a page at a time.</summary>
    /// <param name="query">Which ones, in which order.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    [Alias("GetTrajectories")]
    ValueTask<TrajectoryPage> GetTrajectories(TrajectoryQuery query);

    /// <summary>The running sessions, the newest first, at most 1,000.</summary>
    /// <param name="agentType">Of this agent type only; null: of all.</param>
    [Alias("GetActiveSessions")]
    ValueTask<SessionInfo[]> GetActiveSessions(string? agentType);

    /// <summary>The agents of a type by name, at most 1,000; their status is the one stored.</summary>
    /// <param name="agentType">The agent type.</param>
    [Alias("GetAgents")]
    ValueTask<AgentInfo[]> GetAgents(string agentType);
}
