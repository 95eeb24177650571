using QLearning.Abstractions;

namespace QLearning.Client;

/// <content>How an agent enters and leaves sessions.</content>
public sealed partial class AgentClient
{
    /// <summary>Starts a session and enters it: the trajectories of the agent's episodes belong to it from now on.</summary>
    /// <param name="name">A name for people, at most 200 characters, or null.</param>
    /// <param name="environment">Where it runs, 1 to 50 characters.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AgentStateException">The agent is in a session or an episode; no session was started.</exception>
    public async Task<SessionInfo> BeginSessionAsync(
        string? name = null, string environment = "development", CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("beginning a session");
        var start = new SessionStart { AgentType = Key.AgentType, Name = name, Environment = environment };
        var id = Guid.CreateVersion7();
        return await CallAsync(() => _grain.StartSession(id, start), cancellationToken);
    }

    /// <summary>Enters a running session of its type that others may be in too.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    /// <exception cref="InvalidInputException">It has ended, or is of another agent type.</exception>
    /// <exception cref="AgentStateException">The agent is in another session, or an episode is running.</exception>
    public async Task<AgentInfo> JoinSessionAsync(Guid sessionId, CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("joining a session");
        return await CallAsync(() => _grain.BeginSession(sessionId), cancellationToken);
    }

    /// <summary>Leaves the session, which goes on; an episode under way is dropped.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<AgentInfo> LeaveSessionAsync(CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("leaving its session");
        return await LeaveAsync(cancellationToken);
    }

    /// <summary>Leaves the session and ends it.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The session with its counters; null when the agent was in none, or has never acted.</returns>
    public async Task<SessionInfo?> EndSessionAsync(
        SessionStatus status = SessionStatus.Completed, CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("ending its session");
        if (await SessionAsync(cancellationToken) is not { } session)
        {
            return null;
        }

        // Ended first: if the second call fails, a repeated one finds the session still named by the agent.
        var ended = await new SessionsClient(_grains, _calls).EndAsync(session, status, cancellationToken);
        await LeaveAsync(cancellationToken);
        return ended;
    }

    private async Task<Guid?> SessionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await GetAsync(cancellationToken)).SessionId;
        }
        catch (UnknownAgentException)
        {
            return null;
        }
    }

    private Task<AgentInfo> LeaveAsync(CancellationToken cancellationToken)
    {
        Continue(null);
        return CallAsync(_grain.LeaveSession, cancellationToken);
    }
}
