namespace QLearning.Storage.WriteBehind;

/// <summary>How the flush of one grain ended.</summary>
public enum FlushStatus
{
    /// <summary>All of it is committed.</summary>
    Written,

    /// <summary>A newer activation owns the rows: nothing was written.</summary>
    Fenced,

    /// <summary>PostgreSQL refuses these rows and will refuse them again: nothing was written.</summary>
    Refused,

    /// <summary>The pump stopped before it could write: it is not known to be written.</summary>
    Abandoned,
}

/// <summary>The end of one grain's flush.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="RowIds">The row ids of inserted Q-values, by their index in the batch; also of those whose row had been deleted.</param>
/// <param name="Error">
/// Why, when <paramref name="Status"/> is <see cref="FlushStatus.Refused"/> or <see cref="FlushStatus.Abandoned"/>, or rows were left out.
/// </param>
/// <param name="LeftOutIndexes">
/// The indexes of the Q-values that PostgreSQL refuses, so that they were left out of a written flush. Of a refused one: all, when each was
/// tried by itself, or none, when it is not known which are refused.
/// </param>
public sealed record FlushOutcome(
    FlushStatus Status,
    IReadOnlyDictionary<int, long> RowIds,
    Exception? Error = null,
    IReadOnlyCollection<int>? LeftOutIndexes = null)
{
    /// <summary>The indexes of the Q-values that were left out.</summary>
    public IReadOnlyCollection<int> LeftOut => LeftOutIndexes ?? [];

    private static readonly Dictionary<int, long> _noRowIds = [];

    internal static FlushOutcome Fenced { get; } = new(FlushStatus.Fenced, _noRowIds);

    internal static FlushOutcome Failed(FlushStatus status, Exception error) => new(status, _noRowIds, error);
}
