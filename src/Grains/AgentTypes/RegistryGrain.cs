using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains.AgentTypes;

/// <summary>
/// The list of agent types. It only writes: grains learn of a change as they learn of one made by a SQL program, through the triggers of
/// the table.
/// </summary>
internal sealed class RegistryGrain(AgentTypeStore types) : Grain, IRegistryGrain
{
    public async ValueTask<AgentTypeInfo[]> GetAgentTypes() => await types.ListAsync(CancellationToken.None);

    public async ValueTask<AgentTypeInfo> GetAgentType(string agentType) =>
        await types.FindAsync(AgentTypeKey.For(agentType).AgentType, CancellationToken.None);

    public async ValueTask<AgentTypeInfo> Add(AgentTypeInfo type)
    {
        AgentTypeCheck.AgentType(type);
        return await types.AddAsync(type, CancellationToken.None) ?? throw InvalidInputException.For(
            "agent type", type.AgentType, "there is one of this name already", "a new name; a registered type is changed, not added");
    }

    public async ValueTask<AgentTypeInfo> Change(AgentTypeInfo type)
    {
        AgentTypeCheck.AgentType(type);
        return await types.ChangeAsync(type, CancellationToken.None);
    }

    public async ValueTask<AgentTypeInfo> SetActive(string agentType, bool isActive) =>
        await types.SetActiveAsync(AgentTypeKey.For(agentType).AgentType, isActive, CancellationToken.None);
}
