namespace QLearning.Storage.WriteBehind;

/// <summary>How much there is to write, or may be written at once.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Bytes that are sent for them, about.</param>
internal readonly record struct WriteSize(long Rows, long Bytes)
{
    public static WriteSize operator +(WriteSize one, WriteSize other) => new(one.Rows + other.Rows, one.Bytes + other.Bytes);

    public bool FitsIn(WriteSize limit) => Rows <= limit.Rows && Bytes <= limit.Bytes;

    public WriteSize Half() => new(Rows / 2, Bytes / 2);

    public WriteSize Larger() => new(Rows + (Rows / 16), Bytes + (Bytes / 16));

    public WriteSize AtLeast(WriteSize other) => new(Math.Max(Rows, other.Rows), Math.Max(Bytes, other.Bytes));

    public WriteSize AtMost(WriteSize other) => new(Math.Min(Rows, other.Rows), Math.Min(Bytes, other.Bytes));
}
