namespace QLearning.Abstractions;

/// <summary>
/// Reads what is stored of sessions, agents, trajectories, rewards and Q-values; many activations share the work. Every call asks
/// PostgreSQL and may throw <see cref="StorageUnavailableException"/>, and <see cref="UnknownAgentTypeException"/> when it names an agent
/// type.
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

    /// <summary>The agents of a type by name, a page at a time; their status is the one stored.</summary>
    /// <param name="query">Which ones.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    [Alias("ListAgents")]
    ValueTask<AgentPage> ListAgents(AgentQuery query);

    /// <summary>Sessions, the newest first, a page at a time.</summary>
    /// <param name="query">Which ones.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    [Alias("ListSessions")]
    ValueTask<SessionPage> ListSessions(SessionQuery query);

    /// <summary>Stored rewards, the newest first, a page at a time.</summary>
    /// <param name="query">Which ones.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    [Alias("ListRewards")]
    ValueTask<RewardPage> ListRewards(RewardQuery query);

    /// <summary>States of a Q-table as they are stored, a page at a time.</summary>
    /// <param name="query">Which ones, in which order.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    [Alias("ListStates")]
    ValueTask<StatesPage> ListStates(StateQuery query);

    /// <summary>Q-values of a type as they are stored, a page at a time.</summary>
    /// <param name="query">Which ones, in which order.</param>
    /// <exception cref="InvalidInputException">Something in the query is not allowed.</exception>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    [Alias("ListQValues")]
    ValueTask<QValuePage> ListQValues(QValueQuery query);
}
