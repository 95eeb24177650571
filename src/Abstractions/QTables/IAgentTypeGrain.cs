namespace QLearning.Abstractions;

/// <summary>
/// One partition, usually the only one, of what all agents of a type share: the Q-table, hot in memory and written behind to PostgreSQL.
/// The key is an <see cref="AgentTypeKey"/>. The grain answers for the states that it owns and never passes a call on. Every call may throw
/// <see cref="UnknownAgentTypeException"/> (not registered), <see cref="NotOwnerException"/> (ask the owner), <see cref="FencedException"/>
/// (call again) and, until the table is loaded, <see cref="StorageUnavailableException"/>.
/// </summary>
[Alias("QLearning.IAgentTypeGrain")]
public interface IAgentTypeGrain : IGrainWithStringKey
{
    /// <summary>The action with the highest Q-value, or null when nothing was learned in this state.</summary>
    /// <param name="state">The state's key.</param>
    /// <exception cref="InvalidInputException">The key is empty.</exception>
    [Alias("GetBestAction")]
    ValueTask<BestAction?> GetBestAction(StateKey state);

    /// <summary>The best action of each state, in the order asked.</summary>
    /// <param name="states">At most <see cref="QLimits.MaxBatch"/> keys.</param>
    /// <exception cref="InvalidInputException">Too many keys, or an empty one.</exception>
    [Alias("GetBestActions")]
    ValueTask<BestAction?[]> GetBestActions(StateKey[] states);

    /// <summary>All Q-values of a state, highest first; empty when nothing was learned in it.</summary>
    /// <param name="state">The state's key.</param>
    /// <exception cref="InvalidInputException">The key is empty.</exception>
    [Alias("GetQValues")]
    ValueTask<QValue[]> GetQValues(StateKey state);

    /// <summary>All Q-values of each state, in the order asked.</summary>
    /// <param name="states">At most <see cref="QLimits.MaxBatch"/> keys.</param>
    /// <exception cref="InvalidInputException">Too many keys, or an empty one.</exception>
    [Alias("GetQValuesMany")]
    ValueTask<QValue[][]> GetQValuesMany(StateKey[] states);

    /// <summary>Chooses an action by the type's exploration policy.</summary>
    /// <param name="request">State and candidates.</param>
    /// <exception cref="InvalidInputException">
    /// Nothing to choose from, too many or empty candidates, or an exploration rate outside 0 to 1.
    /// </exception>
    [Alias("SelectAction")]
    ValueTask<SelectedAction> SelectAction(SelectActionRequest request);

    /// <summary>
    /// Learns updates, each once by its number: the only way to change a Q-value. A group that is refused is named in the answer; the
    /// others are learned.
    /// </summary>
    /// <param name="batch">At most <see cref="QLimits.MaxBatch"/> updates of states that this partition owns.</param>
    /// <exception cref="InvalidInputException">The batch itself is not allowed; nothing was learned.</exception>
    /// <exception cref="NotOwnerException">Another partition owns a state; nothing was learned.</exception>
    [Alias("ApplyUpdates")]
    ValueTask<UpdateResult> Apply(UpdateBatch batch);

    /// <summary>Which updates are durable by now.</summary>
    [Alias("GetDurableUpdates")]
    ValueTask<Durability> GetDurability();

    /// <summary>Stores whole episodes in <c>trajectories</c> and <c>rewards</c>; acknowledged after the commit. Learns nothing.</summary>
    /// <param name="trajectories">At most <see cref="QLimits.MaxBatch"/> steps in all.</param>
    /// <exception cref="InvalidInputException">
    /// Something in it is not allowed, or a session has ended or is of another agent type; nothing was stored.
    /// </exception>
    /// <exception cref="UnknownSessionException">There is no such session; nothing was stored.</exception>
    [Alias("RecordTrajectories")]
    ValueTask RecordTrajectories(Trajectory[] trajectories);

    /// <summary>Writes all that this partition has to store, and returns after the commit.</summary>
    [Alias("Flush")]
    ValueTask Flush();

    /// <summary>What the partition holds and has done.</summary>
    [Alias("GetStatistics")]
    ValueTask<AgentTypeStatistics> GetStatistics();

    /// <summary>
    /// Forgets a Q-value, a state, or all that this partition owns, in memory and in PostgreSQL; what was learned of it until then does not
    /// come back. Updates that come meanwhile wait, or are refused (<see cref="FencedException"/>) and may be sent again.
    /// </summary>
    /// <param name="request">What is to be forgotten.</param>
    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    /// <exception cref="StorageUnavailableException">
    /// PostgreSQL did not answer: some or all may be forgotten; ask again.
    /// </exception>
    [Alias("Forget")]
    ValueTask<ForgetResult> Forget(ForgetRequest request);
}
