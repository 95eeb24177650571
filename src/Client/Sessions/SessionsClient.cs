using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// Sessions: groups of episodes of one agent type. Every call may throw <see cref="InvalidInputException"/>,
/// <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>; all are repeated while silos come and go.
/// </summary>
public sealed class SessionsClient
{
    private readonly IGrainFactory _grains;
    private readonly IClusterCalls _calls;

    internal SessionsClient(IGrainFactory grains, IClusterCalls calls) => (_grains, _calls) = (grains, calls);

    /// <summary>Starts a session.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="name">A name for people, at most 200 characters, or null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    public Task<SessionInfo> StartAsync(string agentType, string? name = null, CancellationToken cancellationToken = default) =>
        StartAsync(new SessionStart { AgentType = agentType, Name = name }, cancellationToken);

    /// <summary>Starts a session.</summary>
    /// <param name="start">Agent type, name, environment.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    public Task<SessionInfo> StartAsync(SessionStart start, CancellationToken cancellationToken = default) =>
        StartAsync(Guid.CreateVersion7(), start, cancellationToken);

    /// <summary>Starts a session with an id of the caller's own. Starting it again in the same way changes nothing.</summary>
    /// <param name="id">Its id, not empty.</param>
    /// <param name="start">Agent type, name, environment.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    public Task<SessionInfo> StartAsync(Guid id, SessionStart start, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("start a session", () => Grain(id).Start(start), cancellationToken);

    /// <summary>Ends a session.</summary>
    /// <param name="id">The session.</param>
    /// <param name="status">Completed, failed or cancelled.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The session with its counters.</returns>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    public Task<SessionInfo> EndAsync(
        Guid id, SessionStatus status = SessionStatus.Completed, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync($"end the session '{id}'", () => Grain(id).End(status), cancellationToken);

    /// <summary>A session with its counters.</summary>
    /// <param name="id">The session.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    public Task<SessionInfo> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync($"read the session '{id}'", () => Grain(id).Get(), cancellationToken);

    /// <summary>The running sessions, the newest first, at most 1,000.</summary>
    /// <param name="agentType">Of this agent type only; null: of all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<SessionInfo[]> ListActiveAsync(string? agentType = null, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync(
            "list the running sessions", () => _grains.GetKnown<IHistoryGrain>(0).GetActiveSessions(agentType), cancellationToken);

    /// <summary>Sessions by agent type and status, the newest first, a page at a time.</summary>
    /// <param name="query">Which ones; null: all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    public Task<SessionPage> ListAsync(SessionQuery? query = null, CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync(
            "list sessions", () => _grains.GetKnown<IHistoryGrain>(0).ListSessions(query ?? new SessionQuery()), cancellationToken);

    /// <summary>The sessions that have ended, the newest first, a page at a time.</summary>
    /// <param name="agentType">Of this agent type only; null: of all.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="after">Where the page before ended, see <see cref="SessionPage.Next"/>; null: from the start.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    public Task<SessionPage> ListEndedAsync(
        string? agentType = null, int limit = 100, SessionCursor? after = null, CancellationToken cancellationToken = default)
    {
        SessionStatus[] ended = [SessionStatus.Completed, SessionStatus.Failed, SessionStatus.Cancelled];
        return ListAsync(new SessionQuery { AgentType = agentType, Statuses = ended, Limit = limit, After = after }, cancellationToken);
    }

    private ISessionGrain Grain(Guid id) => _grains.GetKnown<ISessionGrain>(id);
}
