using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client.Partitions;

/// <summary>
/// Knows which grain owns a state of an agent type's Q-table, for everybody who calls one: clients, agents' grains, late rewards. How many
/// partitions there are it learns from the answer of a grain that was asked for what it does not own. Safe for several threads.
/// </summary>
/// <param name="agentType">The agent type.</param>
/// <param name="grains">The way to grains.</param>
internal sealed class QTableRouter(AgentTypeKey agentType, IGrainFactory grains)
{
    // More than one refusal in a row says that the table is just being repartitioned.
    private const int MaxRefusals = 3;

    private readonly Lock _gate = new();
    private volatile IAgentTypeGrain[] _owners = [grains.GetKnown<IAgentTypeGrain>(agentType.ToString())];

    /// <summary>The owners of all partitions, partition 0 first.</summary>
    public IAgentTypeGrain[] Owners => _owners;

    /// <summary>The owner of a state.</summary>
    /// <param name="state">The state's key.</param>
    public IAgentTypeGrain Owner(StateKey state)
    {
        var owners = _owners;
        return owners[TablePartition.IndexOf(state, owners.Length)];
    }

    /// <summary>Notes how many partitions there are.</summary>
    /// <param name="partitions">How many, as a grain said.</param>
    public void Note(int partitions)
    {
        lock (_gate)
        {
            if (partitions != _owners.Length && partitions is >= 1 and <= QLimits.MaxPartitions)
            {
                _owners = [.. Enumerable.Range(0, partitions).Select(partition =>
                    grains.GetKnown<IAgentTypeGrain>((agentType with { Partition = partition }).ToString()))];
            }
        }
    }

    /// <summary>Notes what a refusal says.</summary>
    public void Note(FencedException refusal)
    {
        if (refusal is NotOwnerException { Partitions: var partitions })
        {
            Note(partitions);
        }
    }

    /// <summary>Asks the owner of a state, and, when another grain turns out to own it, that one.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="ask">The call.</param>
    /// <exception cref="NotOwnerException">The table is being repartitioned.</exception>
    public async Task<T> AskAsync<T>(StateKey state, Func<IAgentTypeGrain, ValueTask<T>> ask)
    {
        for (var refusals = 1; ; refusals++)
        {
            try
            {
                return await ask(Owner(state));
            }
            catch (NotOwnerException refusal) when (refusals < MaxRefusals)
            {
                Note(refusal);
            }
        }
    }

    /// <summary>Asks the owners of several states, all at once.</summary>
    /// <param name="states">The states' keys.</param>
    /// <param name="ask">The call.</param>
    /// <returns>The answers in the order of the states.</returns>
    /// <exception cref="NotOwnerException">Not all are owned by whom they should be; ask again.</exception>
    public ValueTask<T[]> AskManyAsync<T>(StateKey[] states, Func<IAgentTypeGrain, StateKey[], ValueTask<T[]>> ask)
    {
        var owners = _owners;
        return owners.Length == 1
            ? ask(owners[0], states)
            : new(PartitionedBatch.SendAsync(
                owners.Length, states, static state => state, (partition, own) => ask(owners[partition], own).AsTask()));
    }

    /// <summary>
    /// Reads the next states of updates that other partitions own: their values go along, since owners never call each other.
    /// </summary>
    /// <param name="groups">The updates of one partition.</param>
    /// <param name="partition">That partition.</param>
    /// <param name="partitions">How many there are.</param>
    public async Task<StateQValues[]> ReadNextStatesAsync(IEnumerable<UpdateGroup> groups, int partition, int partitions)
    {
        StateKey[] elsewhere = partitions == 1 ? [] :
        [
            .. groups.SelectMany(group => group.Transitions)
                .Where(transition => transition is { Done: false, NextState: not null })
                .Select(transition => transition.NextState!.Value.Key)
                .Where(state => TablePartition.IndexOf(state, partitions) != partition)
                .Distinct(),
        ];
        if (elsewhere.Length == 0)
        {
            return [];
        }

        var values = await AskManyAsync(elsewhere, static (owner, states) => owner.GetQValuesMany(states));
        return [.. elsewhere.Zip(values, static (state, own) => new StateQValues(state, own))];
    }
}
