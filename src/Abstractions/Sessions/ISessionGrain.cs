namespace QLearning.Abstractions;

/// <summary>
/// One session: a group of episodes of one agent type. The key is its id. Every call may throw <see cref="StorageUnavailableException"/>.
/// </summary>
[Alias("QLearning.ISessionGrain")]
public interface ISessionGrain : IGrainWithGuidKey
{
    /// <summary>Starts the session. Starting it again in the same way, while it runs, changes nothing.</summary>
    /// <param name="start">Agent type, name, environment.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="InvalidInputException">Something is not allowed, or the id is taken by another session.</exception>
    [Alias("Start")]
    ValueTask<SessionInfo> Start(SessionStart start);

    /// <summary>Ends the session. Ending it again in the same way changes nothing.</summary>
    /// <param name="status">Completed, failed or cancelled.</param>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    /// <exception cref="InvalidInputException">The status is no end, or the session ended in another way.</exception>
    [Alias("End")]
    ValueTask<SessionInfo> End(SessionStatus status);

    /// <summary>The session as PostgreSQL has it.</summary>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    [Alias("Get")]
    ValueTask<SessionInfo> Get();

    /// <summary>Makes sure that episodes of an agent type may be stored in the session.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    /// <exception cref="InvalidInputException">The session is of another agent type, or has ended.</exception>
    [Alias("Require")]
    ValueTask Require(string agentType);
}
