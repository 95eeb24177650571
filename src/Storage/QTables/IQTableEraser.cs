using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>Deletes Q-values on behalf of the owner of their rows, fenced as its flushes are.</summary>
public interface IQTableEraser
{
    /// <summary>Deletes Q-values of a state.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="request">The state, perhaps with an action; or only to count.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>How many; null when somebody else owns the rows by now, and nothing was deleted.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not answer: they may be deleted.</exception>
    Task<long?> EraseStateAsync(QTableOwner owner, ForgetRequest request, CancellationToken cancellationToken);

    /// <summary>Deletes all Q-values of a partition, many at a time, each time in a transaction of its own.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="isDryRun">Only counts.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many; null when somebody else owns the rows by now; then some may be deleted.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not answer: some may be deleted.</exception>
    Task<long?> EraseAllAsync(QTableOwner owner, bool isDryRun, CancellationToken cancellationToken);
}

/// <summary>Who owns the rows of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">The fencing token.</param>
/// <param name="Id">The id that the ownership was taken with.</param>
public readonly record struct QTableOwner(TablePartition Partition, long Epoch, Guid Id);
