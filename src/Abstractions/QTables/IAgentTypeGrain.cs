namespace QLearning.Abstractions;

/// <summary>
/// What all agents of one type share: the Q-table, hot in memory and written behind to PostgreSQL. The key is an
/// <see cref="AgentTypeKey"/>. Every call may throw <see cref="UnknownAgentTypeException"/> (not registered),
/// <see cref="FencedException"/> (call again) and, until the table is loaded, <see cref="StorageUnavailableException"/>.
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
    /// <exception cref="InvalidInputException">Nothing to choose from, too many or empty candidates, or an exploration rate outside 0 to 1.</exception>
    [Alias("SelectAction")]
    ValueTask<SelectedAction> SelectAction(SelectActionRequest request);

    /// <summary>Learns one transition by the type's learning rule.</summary>
    /// <param name="transition">What happened.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <exception cref="InvalidInputException">A part of the transition is not allowed; nothing was learned.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    [Alias("Learn")]
    ValueTask<LearnResult> Learn(Transition transition, WriteMode mode);

    /// <summary>Learns transitions in the order given: all, or none.</summary>
    /// <param name="transitions">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <exception cref="InvalidInputException">A transition is not allowed; nothing was learned.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    [Alias("LearnMany")]
    ValueTask<LearnResult[]> LearnMany(Transition[] transitions, WriteMode mode);

    /// <summary>Stores a Q-value as the caller computed it.</summary>
    /// <param name="upsert">State, action, value.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <exception cref="InvalidInputException">A part is not allowed; nothing was stored.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was stored.</exception>
    [Alias("Upsert")]
    ValueTask<LearnResult> Upsert(QValueUpsert upsert, WriteMode mode);

    /// <summary>Stores Q-values as the caller computed them: all, or none.</summary>
    /// <param name="upserts">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="mode">When the call is acknowledged.</param>
    /// <exception cref="InvalidInputException">A part is not allowed; nothing was stored.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was stored.</exception>
    [Alias("UpsertMany")]
    ValueTask<LearnResult[]> UpsertMany(QValueUpsert[] upserts, WriteMode mode);

    /// <summary>Learns or stores a batch that is known by its number, once: all, or none.</summary>
    /// <param name="batch">At most <see cref="QLimits.MaxBatch"/> updates.</param>
    /// <exception cref="InvalidInputException">A part is not allowed; nothing was learned.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    [Alias("Apply")]
    ValueTask<UpdateResult> Apply(UpdateBatch batch);

    /// <summary>Which updates are durable by now.</summary>
    [Alias("GetDurability")]
    ValueTask<Durability> GetDurability();

    /// <summary>Stores whole episodes in <c>trajectories</c> and <c>rewards</c>; acknowledged after the commit. Learns nothing.</summary>
    /// <param name="trajectories">At most <see cref="QLimits.MaxBatch"/> steps in all.</param>
    /// <exception cref="InvalidInputException">A part is not allowed, or a session has ended or is of another agent type; nothing was stored.</exception>
    /// <exception cref="UnknownSessionException">There is no such session; nothing was stored.</exception>
    [Alias("RecordTrajectories")]
    ValueTask RecordTrajectories(Trajectory[] trajectories);

    /// <summary>
    /// Learns delayed rewards in the order given and stores them in <c>rewards</c>: both durable before the answer. All, or none. One that was
    /// stored already is passed over: its place in the answer is null.
    /// </summary>
    /// <param name="rewards">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <exception cref="InvalidInputException">A part is not allowed, or names what was never learned or stored; nothing was changed.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was changed.</exception>
    [Alias("RecordRewards")]
    ValueTask<LearnResult?[]> RecordRewards(DelayedReward[] rewards);

    /// <summary>Writes all that waits, and returns after the commit.</summary>
    [Alias("Flush")]
    ValueTask Flush();

    /// <summary>What the grain holds and has done.</summary>
    [Alias("GetStatistics")]
    ValueTask<AgentTypeStatistics> GetStatistics();
}
