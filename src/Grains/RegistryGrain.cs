using QLearning.Abstractions;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains;

/// <summary>The list of agent types.</summary>
internal sealed class RegistryGrain(AgentTypeStore types) : Grain, IRegistryGrain
{
    public async ValueTask<AgentTypeInfo[]> GetAgentTypes() => await types.ListAsync(CancellationToken.None);

    public async ValueTask<AgentTypeInfo> GetAgentType(string agentType) =>
        await types.GetAsync(AgentTypeKey.For(agentType).AgentType, CancellationToken.None);
}
