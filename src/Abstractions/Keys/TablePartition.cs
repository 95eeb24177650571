namespace QLearning.Abstractions;

/// <summary>
/// One of the partitions of an agent type's Q-table, each owned by a grain of its own. Which partition a state belongs to follows from its
/// key alone: the first 8 hex digits of a SHA-256 key, or of the MD5 of any other, modulo the number of partitions. SQL has the same as
/// <c>q_partition(state_hash, partitions)</c>.
/// </summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Index">0 to one less than <see cref="Count"/>.</param>
/// <param name="Count">How many partitions there are, 1 to <see cref="QLimits.MaxPartitions"/>.</param>
public readonly record struct TablePartition(string AgentType, int Index, int Count)
{
    /// <summary>The key of the grain that owns this partition.</summary>
    public AgentTypeKey Owner => new(AgentType, Index);

    /// <summary>True when the table has several partitions.</summary>
    public bool IsPartitioned => Count > 1;

    /// <summary>The only partition of a table that has no others.</summary>
    /// <param name="agentType">The agent type.</param>
    public static TablePartition Whole(string agentType) => new(agentType, 0, 1);

    /// <summary>The index of the partition that a state belongs to.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="count">How many partitions there are.</param>
    public static int IndexOf(StateKey state, int count) => count == 1 ? 0 : (int)(state.Value.Spread % (uint)count);

    /// <summary>True when the state's Q-values are in this partition.</summary>
    /// <param name="state">The state's key.</param>
    public bool Owns(StateKey state) => IndexOf(state, Count) == Index;

    /// <summary>The partition that a state belongs to.</summary>
    /// <param name="state">The state's key.</param>
    public TablePartition Of(StateKey state) => this with { Index = IndexOf(state, Count) };
}
