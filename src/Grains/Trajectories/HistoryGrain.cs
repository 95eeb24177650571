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
    public ValueTask<TrajectoryPage> GetTrajectories(TrajectoryQuery query)
    {
        TrajectoryCheck.Query(query);
        return ReadAsync(query.AgentType, trajectories.ReadAsync(query, CancellationToken.None), static page => page.Trajectories.Count);
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

    public ValueTask<AgentPage> ListAgents(AgentQuery query)
    {
        AgentCheck.Query(query);
        return ReadAsync(query.AgentType, agents.ListAsync(query, CancellationToken.None), static page => page.Agents.Count);
    }

    public ValueTask<SessionPage> ListSessions(SessionQuery query)
    {
        SessionCheck.Query(query);
        return ReadAsync(query.AgentType, sessions.ListAsync(query, CancellationToken.None), static page => page.Sessions.Count);
    }

    public ValueTask<RewardPage> ListRewards(RewardQuery query)
    {
        RewardCheck.Query(query);
        return ReadAsync(query.AgentType, rewards.ReadAsync(query, CancellationToken.None), static page => page.Rewards.Count);
    }

    public ValueTask<StatesPage> ListStates(StateQuery query)
    {
        QTableCheck.Query(query);
        return ReadAsync(query.AgentType, tables.ReadStatesAsync(query, CancellationToken.None), static page => page.States.Count);
    }

    public ValueTask<QValuePage> ListQValues(QValueQuery query)
    {
        QTableCheck.Query(query);
        return ReadAsync(query.AgentType, tables.ReadQValuesAsync(query, CancellationToken.None), static page => page.QValues.Count);
    }

    // Nothing found may be a mistyped name, which must be told.
    private async ValueTask<TPage> ReadAsync<TPage>(string? agentType, Task<TPage> reading, Func<TPage, int> countOf)
    {
        var page = await reading;
        if (countOf(page) == 0 && agentType is not null)
        {
            await types.FindAsync(agentType, CancellationToken.None);
        }

        return page;
    }
}
