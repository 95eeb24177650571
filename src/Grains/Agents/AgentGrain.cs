using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.AgentTypes;
using QLearning.Grains.SqlChanges;
using QLearning.Storage.Agents;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Agents;

/// <summary>
/// The twin of one agent. It is not reentrant: an agent does one thing after another, and a call that is repeated while the first is still
/// under way waits for it. This file has the agent itself, <c>AgentGrain.Row.cs</c> how its row is found,
/// <c>AgentGrain.Episodes.cs</c> its acting and learning.
/// </summary>
internal sealed partial class AgentGrain(
    IAgentStore store,
    AgentTypeCache types,
    ITrajectoryPump pump,
    ITrajectoryTotals trajectories,
    ChangeMarks marks,
    TimeProvider time,
    ILogger<AgentGrain> logger) : Grain, IAgentGrain
{
    private AgentKey? _key;
    private AgentRow? _row;
    private ChangeMark? _changed;

    // Parsed by the first call, not by the activation: Orleans logs a failed activation as its own error.
    private AgentKey Key => _key ??= AgentKey.Parse(this.GetPrimaryKeyString());

    private AgentInfo Info => _row!.Info with { Status = CurrentStatus };

    private AgentStatus CurrentStatus => _row!.Info.Status is AgentStatus.Paused or AgentStatus.Error ? _row.Info.Status
        : _run is { Ended: null } ? AgentStatus.Learning
        : RestingStatus;

    private AgentStatus RestingStatus => _row!.Info.SessionId is null ? AgentStatus.Idle : AgentStatus.Active;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var ended = _run?.Episode.Id;
        try
        {
            await StoreEndedAsync().WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or QLearningException)
        {
            logger.EpisodeLost(error, Key.ToString(), ended!.Value);
        }

        Drop($"deactivation ({reason.ReasonCode})");
        if (_row?.Info.Status == AgentStatus.Learning)
        {
            await StoreStatusQuietlyAsync(cancellationToken);
        }

        if (_changed is { } mark)
        {
            marks.Remove(Key, mark);
        }
    }

    public async ValueTask<AgentInfo> Register(AgentRegistration registration)
    {
        AgentCheck.Registration(registration);
        var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
        if (await FindAsync() is not null || !await InsertAsync(type, registration))
        {
            throw InvalidInputException.For(
                "agent", Key, "there is one of this name already", "a name of its own for each agent of a type");
        }

        return Info;
    }

    public async ValueTask<AgentInfo> Get()
    {
        await KnownAsync();
        return Info;
    }

    public async ValueTask<AgentInfo> BeginSession(Guid sessionId)
    {
        if ((await FindAsync())?.Info.SessionId == sessionId)
        {
            return Info;
        }

        await GrainFactory.GetGrain<ISessionGrain>(sessionId).Require(Key.AgentType);
        await RegisteredAsync();
        await BeFreeAsync();
        await EnterAsync(sessionId);
        return Info;
    }

    public async ValueTask<SessionInfo> StartSession(Guid sessionId, SessionStart start)
    {
        SessionCheck.Start(sessionId, start);
        var session = GrainFactory.GetGrain<ISessionGrain>(sessionId);
        if ((await FindAsync())?.Info.SessionId == sessionId)
        {
            return await session.Get();
        }

        // First what may be refused: a session that nobody enters would stay active.
        await BeFreeAsync();
        await RegisteredAsync();
        var started = await session.Start(start with { AgentType = Key.AgentType });
        await EnterAsync(sessionId);
        return started;
    }

    public async ValueTask<AgentInfo> LeaveSession()
    {
        var row = await KnownAsync();
        if (row.Info.SessionId is not null)
        {
            await StoreEndedAsync();
            await UpdateAsync(AgentChange.OfSession(null));
            Drop("the agent left its session");
        }

        return Info;
    }

    public async ValueTask<AgentInfo> Pause()
    {
        await KnownAsync();
        await UpdateAsync(AgentChange.OfPause());
        return Info;
    }

    public async ValueTask<AgentInfo> ReportError(string error)
    {
        AgentCheck.Error(error);
        await KnownAsync();
        await StoreEndedAsync();
        await UpdateAsync(AgentChange.OfError(error));
        Drop("the agent reported an error");
        return Info;
    }

    public async ValueTask<AgentInfo> Resume()
    {
        if (!IsStopped(await KnownAsync()))
        {
            // A SQL program may have stopped it just now.
            _changed!.Set();
        }

        if (IsStopped(await KnownAsync()))
        {
            await UpdateAsync(AgentChange.OfResuming(_run is { Ended: null } ? AgentStatus.Learning : RestingStatus));
        }

        return Info;
    }

    private static bool IsStopped(AgentRow row) => row.Info.Status is AgentStatus.Paused or AgentStatus.Error;

    /// <exception cref="AgentStateException">It is in a session or an episode.</exception>
    private async Task BeFreeAsync()
    {
        if (_row?.Info.SessionId is { } other && await IsRunningAsync(other))
        {
            throw AgentStateException.For(Key, $"is in the session '{other}'", "leaving that session first");
        }

        if (_run is { Ended: null })
        {
            throw AgentStateException.For(Key, $"is in the episode '{_run.Episode.Id}'", "sessions begin between two episodes");
        }

        await StoreEndedAsync();
    }

    private async Task EnterAsync(Guid session)
    {
        await RegisteredAsync();
        try
        {
            await UpdateAsync(AgentChange.OfSession(session));
        }
        catch (UnknownAgentException)
        {
            // A SQL program has just deleted its row: as any agent without one it is registered by what it does next.
            await RegisteredAsync();
            await UpdateAsync(AgentChange.OfSession(session));
        }
    }

    private async Task<bool> IsRunningAsync(Guid session)
    {
        try
        {
            await GrainFactory.GetGrain<ISessionGrain>(session).Require(Key.AgentType);
            return true;
        }
        catch (Exception error) when (error is InvalidInputException or UnknownSessionException)
        {
            return false;
        }
    }

    private Task UpdateAsync(AgentChange change) => StoreAsync(store.UpdateAsync(Key, change, CancellationToken.None));

    private async Task StoreAsync(Task<AgentRow> change)
    {
        try
        {
            _row = await _changed!.SetIfInDoubtAsync(change);
        }
        catch (UnknownAgentException)
        {
            Drop("a SQL program deleted the agent");
            _row = null;
            throw;
        }
    }

    private async Task StoreStatusQuietlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = CurrentStatus;
            await store.ShowAsync(Key, status, cancellationToken);
            _row = _row! with { Info = _row.Info with { Status = status } };
        }
        catch (Exception error) when (error is QLearningException or OperationCanceledException)
        {
            logger.StatusNotStored(error, Key.ToString());
        }
    }
}
