using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Agents;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.Sessions;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Reads what is stored; keeps nothing, so each silo answers with as many activations as it likes.</summary>
[StatelessWorker]
internal sealed class HistoryGrain(
    TrajectoryReader trajectories, SessionStore sessions, AgentStore agents, RewardReader rewards, QTablePages tables, AgentTypeStore types)
    : Grain, IHistoryGrain
{
    public async ValueTask<TrajectoryPage> GetTrajectories(TrajectoryQuery query)
    {
        TrajectoryCheck.Query(query);
        var page = await trajectories.ReadAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.Trajectories.Count);
        return page;
    }

    public async ValueTask<SessionInfo[]> GetActiveSessions(string? agentType)
    {
        var query = new SessionQuery
        {
            AgentType = agentType is null ? null : AgentTypeKey.For(agentType).AgentType,
            Statuses = [SessionStatus.Active],
            Limit = QLimits.MaxRows,
        };
        return [.. (await ListSessions(query)).Sessions];
    }

    public async ValueTask<AgentInfo[]> GetAgents(string agentType)
    {
        var query = new AgentQuery { AgentType = AgentTypeKey.For(agentType).AgentType, Limit = QLimits.MaxRows };
        return [.. (await ListAgents(query)).Agents];
    }

    public async ValueTask<AgentPage> ListAgents(AgentQuery query)
    {
        AgentCheck.Query(query);
        var page = await agents.ListAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.Agents.Count);
        return page;
    }

    public async ValueTask<SessionPage> ListSessions(SessionQuery query)
    {
        SessionCheck.Query(query);
        var page = await sessions.ListAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.Sessions.Count);
        return page;
    }

    public async ValueTask<RewardPage> ListRewards(RewardQuery query)
    {
        RewardCheck.Query(query);
        var page = await rewards.ReadAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.Rewards.Count);
        return page;
    }

    public async ValueTask<StatesPage> ListStates(StateQuery query)
    {
        QTableCheck.Query(query);
        var page = await tables.ReadStatesAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.States.Count);
        return page;
    }

    public async ValueTask<QValuePage> ListQValues(QValueQuery query)
    {
        QTableCheck.Query(query);
        var page = await tables.ReadQValuesAsync(query, CancellationToken.None);
        await RequireTypeAsync(query.AgentType, page.QValues.Count);
        return page;
    }

    // Nothing found may be a mistyped name, which must be told.
    private async Task RequireTypeAsync(string? agentType, int found)
    {
        if (found == 0 && agentType is not null)
        {
            await types.FindAsync(agentType, CancellationToken.None);
        }
    }
}
