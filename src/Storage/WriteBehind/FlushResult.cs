namespace QLearning.Storage.WriteBehind;

/// <summary>What the statements of one flush transaction have done so far.</summary>
/// <param name="batches">The batches of the transaction.</param>
internal sealed class FlushResult(IReadOnlyList<QTableBatch> batches)
{
    /// <summary>By batch: whether its owner holds the rows.</summary>
    public bool[] Accepted { get; } = new bool[batches.Count];

    /// <summary>By batch: the row ids of inserted Q-values by their index.</summary>
    public Dictionary<int, long>[] RowIds { get; } = [.. batches.Select(_ => new Dictionary<int, long>())];
}
