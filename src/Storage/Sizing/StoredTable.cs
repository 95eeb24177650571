namespace QLearning.Storage.Sizing;

/// <summary>What a table will hold.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="BytesPerRow">The bytes of a row with its share of all indexes, as measured.</param>
public sealed record StoredTable(string Table, long Rows, double BytesPerRow)
{
    /// <summary>Its size with indexes, in bytes.</summary>
    public long Bytes => (long)(Rows * BytesPerRow);
}
