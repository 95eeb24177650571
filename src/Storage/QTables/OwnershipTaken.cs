namespace QLearning.Storage.QTables;

/// <summary>What came of the attempt to own a partition.</summary>
/// <param name="Epoch">The fencing token of the new owner; null: it owns nothing.</param>
/// <param name="Partitions">
/// When it owns nothing: how many partitions the table has now; 0: <c>agent_types</c> says another number than the caller.
/// </param>
/// <param name="OwnerId">
/// The new owner's own id. With the epoch it names the activation for good: an epoch comes again only after a backup was restored, an id
/// never.
/// </param>
public readonly record struct OwnershipTaken(long? Epoch, int Partitions, Guid OwnerId = default);
