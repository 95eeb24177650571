using System.Diagnostics;

namespace QLearning.Storage.WriteBehind;

/// <summary>How a <see cref="WriteLane{TItem,TOutcome}"/> writes its items.</summary>
/// <typeparam name="TItem">What is handed in.</typeparam>
/// <typeparam name="TOutcome">What the one who handed it in is told.</typeparam>
internal interface ILaneWriter<TItem, TOutcome>
    where TOutcome : class
{
    /// <summary>The value of the metrics' tag <c>kind</c>.</summary>
    string Kind { get; }

    /// <summary>How much an item is, for the size of a transaction; asked once for each.</summary>
    WriteSize Measure(TItem item);

    /// <summary>Whose item it is, for the log.</summary>
    string NameOwner(TItem item);

    /// <summary>The traced calls that an item is of.</summary>
    IReadOnlyList<ActivityContext> CallsOf(TItem item) => [];

    /// <summary>Writes all items in one transaction, and says for each how it ended.</summary>
    /// <param name="items">The items.</param>
    /// <param name="statement">How much one statement of the transaction may write.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<TOutcome[]> WriteAsync(IReadOnlyList<TItem> items, WriteSize statement, CancellationToken cancellationToken);

    /// <summary>Writes an item that was refused without the rows that PostgreSQL refuses; null when that cannot be done.</summary>
    Task<TOutcome?> WriteWithoutRefusedAsync(TItem item, WriteSize statement, CancellationToken cancellationToken);

    /// <summary>
    /// After a commit whose answer was lost: the outcomes of the items that PostgreSQL has; null for those it does not have.
    /// </summary>
    Task<TOutcome?[]> FindStoredAsync(IReadOnlyList<TItem> items, CancellationToken cancellationToken);

    /// <summary>The outcome of an item that was not written.</summary>
    TOutcome Fail(FlushStatus status, Exception error);

    /// <summary>Whether an outcome says that a newer activation owns the rows.</summary>
    bool IsFenced(TOutcome outcome);
}
