namespace QLearning.Abstractions;

/// <summary>
/// One of the parts that an agent type's Q-table is split into, each owned by a grain of its own. Which part a state belongs to follows from
/// its key alone: the first 8 hex digits of a SHA-256 key, or of the MD5 of any other, modulo the number of parts. SQL has the same as
/// <c>q_partition(state_hash, partitions)</c>.
/// </summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Index">0 to one less than <see cref="Count"/>.</param>
/// <param name="Count">How many parts there are, 1 to <see cref="QLimits.MaxPartitions"/>.</param>
public readonly record struct TablePartition(string AgentType, int Index, int Count)
{
    /// <summary>The key of the grain that owns this part.</summary>
    public AgentTypeKey Owner => new(AgentType, Index);

    /// <summary>False when the table has one part only.</summary>
    public bool IsSplit => Count > 1;

    /// <summary>The only part of a table that is not split.</summary>
    /// <param name="agentType">The agent type.</param>
    public static TablePartition Whole(string agentType) => new(agentType, 0, 1);

    /// <summary>The index of the part that a state belongs to.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="count">How many parts there are.</param>
    public static int IndexOf(StateKey state, int count) => count == 1 ? 0 : (int)(state.Value.Spread % (uint)count);

    /// <summary>True when the state's Q-values are in this part.</summary>
    /// <param name="state">The state's key.</param>
    public bool Owns(StateKey state) => IndexOf(state, Count) == Index;

    /// <summary>The part that a state belongs to.</summary>
    /// <param name="state">The state's key.</param>
    public TablePartition Of(StateKey state) => this with { Index = IndexOf(state, Count) };
}
