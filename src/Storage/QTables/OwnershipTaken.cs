namespace QLearning.Storage.QTables;

/// <summary>What came of the attempt to own a part of a Q-table.</summary>
/// <param name="Epoch">The fencing token of the new owner; null: it owns nothing.</param>
/// <param name="SplitInto">When it owns nothing: into how many parts the table is split now; 0: it is to be split otherwise than the caller said.</param>
public readonly record struct OwnershipTaken(long? Epoch, int SplitInto);
