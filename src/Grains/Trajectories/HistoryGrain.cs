using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.AgentTypes;
using QLearning.Storage.Agents;
using QLearning.Storage.Sessions;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Reads what is stored; keeps nothing, so each silo answers with as many activations as it likes.</summary>
[StatelessWorker]
internal sealed class HistoryGrain(TrajectoryReader trajectories, SessionStore sessions, AgentStore agents, AgentTypeCache types)
    : Grain, IHistoryGrain
{
    public async ValueTask<TrajectoryPage> GetTrajectories(TrajectoryQuery query)
    {
        TrajectoryCheck.Query(query);
        await RequireRegisteredAsync(query.AgentType);
        return await trajectories.ReadAsync(query, CancellationToken.None);
    }

    public async ValueTask<SessionInfo[]> GetActiveSessions(string? agentType)
    {
        if (agentType is not null)
        {
            await RequireRegisteredAsync(AgentTypeKey.For(agentType).AgentType);
        }

        return await sessions.ListActiveAsync(agentType, QLimits.MaxRows, CancellationToken.None);
    }

    public async ValueTask<AgentInfo[]> GetAgents(string agentType)
    {
        await RequireRegisteredAsync(AgentTypeKey.For(agentType).AgentType);
        return await agents.ListAsync(agentType, QLimits.MaxRows, CancellationToken.None);
    }

    /// <summary>A misspelt name is told, and not answered with an empty list.</summary>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    private async ValueTask RequireRegisteredAsync(string agentType)
    {
        try
        {
            await types.GetAsync(agentType, CancellationToken.None);
        }
        catch (InvalidInputException)
        {
            // It is registered with settings that cannot be used; what is stored can be listed all the same.
        }
    }
}
