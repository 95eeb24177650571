using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Sessions;

namespace QLearning.Grains.Sessions;

/// <summary>
/// One session. Its counters are moved in PostgreSQL by the transactions that store trajectories; the grain keeps what decides whether a
/// trajectory may be stored, and reads that anew after a few seconds, since SQL programs may end a session too.
/// </summary>
internal sealed class SessionGrain(SessionStore store, TimeProvider time) : Grain, ISessionGrain
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(5);

    private SessionInfo? _known;
    private long _readAt;

    private Guid Id => this.GetPrimaryKey();

    public async ValueTask<SessionInfo> Start(SessionStart start)
    {
        SessionCheck.Start(Id, start);
        if (await store.InsertAsync(Id, start, CancellationToken.None) is { } started)
        {
            return Keep(started);
        }

        var taken = await ReadAsync();
        return taken.Status == SessionStatus.Active && taken.AgentType == start.AgentType && taken.Name == start.Name
            && taken.Environment == start.Environment
            ? taken
            : throw InvalidInputException.For(
                "session",
                Id,
                $"there is one with this id already ({taken.AgentType}, {taken.Status})",
                "an id of its own for each session");
    }

    public async ValueTask<SessionInfo> End(SessionStatus status)
    {
        SessionCheck.End(status);
        if (await store.FinishAsync(Id, status, CancellationToken.None) is { } ended)
        {
            return Keep(ended);
        }

        var known = await ReadAsync();
        return known.Status == status
            ? known
            : throw InvalidInputException.For(
                "session status", status, $"the session ended already as {known.Status}", "one end for a session");
    }

    public async ValueTask<SessionInfo> Get() => await ReadAsync();

    public async ValueTask Require(string agentType)
    {
        var session = _known is { } known && time.GetElapsedTime(_readAt) < _maxAge ? known : await ReadAsync();
        SessionCheck.Runs(session, agentType);
    }

    private async Task<SessionInfo> ReadAsync()
    {
        if (await store.FindAsync(Id, CancellationToken.None) is { } found)
        {
            return Keep(found);
        }

        // A session that was not started must not keep a grain in memory.
        DeactivateOnIdle();
        throw UnknownSessionException.For(Id);
    }

    private SessionInfo Keep(SessionInfo session)
    {
        (_known, _readAt) = (session, time.GetTimestamp());
        return session;
    }
}
