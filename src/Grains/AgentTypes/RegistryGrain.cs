using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains.AgentTypes;

/// <summary>
/// The list of agent types. It only writes: grains learn of a change as they learn of one made by a SQL program, through the triggers of
/// the table. Reentrant, since a deletion may take long and others need not wait for it.
/// </summary>
[Reentrant]
internal sealed class RegistryGrain(AgentTypeStore types, AgentTypeRemoval removal, TimeProvider time) : Grain, IRegistryGrain
{
    // Well within the time that clients wait for an answer.
    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(2);

    // Kept for a caller who asks again, because it took longer or the answer was lost.
    private readonly Dictionary<string, Deletion> _deletions = new(StringComparer.Ordinal);

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

    public async ValueTask<DeletedRows[]?> Delete(string agentType, Guid id, bool isDryRun)
    {
        var name = AgentTypeKey.For(agentType).AgentType;
        if (isDryRun)
        {
            return await removal.RemoveAsync(name, isDryRun: true, CancellationToken.None);
        }

        AgentTypeCheck.Deletion(id);
        var deletion = _deletions.GetValueOrDefault(name);
        if (deletion is null || (deletion.Work.IsCompleted && (deletion.Id != id || !deletion.Work.IsCompletedSuccessfully)))
        {
            _deletions[name] = deletion = new Deletion(id, removal.RemoveAsync(name, isDryRun: false, CancellationToken.None));
        }

        try
        {
            return await deletion.Work.WaitAsync(_longestAnswer, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>One deletion, under way or done.</summary>
    private sealed record Deletion(Guid Id, Task<DeletedRows[]> Work);
}
