using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Agents;
using QLearning.Storage.Sessions;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Reads what is stored; keeps nothing, so each silo answers with as many activations as it likes.</summary>
[StatelessWorker]
internal sealed class HistoryGrain(TrajectoryReader trajectories, SessionStore sessions, AgentStore agents) : Grain, IHistoryGrain
{
    public async ValueTask<TrajectoryPage> GetTrajectories(TrajectoryQuery query)
    {
        TrajectoryCheck.Query(query);
        return await trajectories.ReadAsync(query, CancellationToken.None);
    }

    public async ValueTask<SessionInfo[]> GetActiveSessions(string? agentType)
    {
        var wanted = agentType is null ? null : AgentTypeKey.For(agentType).AgentType;
        return await sessions.ListActiveAsync(wanted, QLimits.MaxRows, CancellationToken.None);
    }

    public async ValueTask<AgentInfo[]> GetAgents(string agentType) =>
        await agents.ListAsync(AgentTypeKey.For(agentType).AgentType, QLimits.MaxRows, CancellationToken.None);
}
