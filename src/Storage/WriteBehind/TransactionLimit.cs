namespace QLearning.Storage.WriteBehind;

/// <summary>
/// How much a lane writes in one transaction, and in one statement of an item that is larger than that. It shrinks to half of what just
/// failed and grows by a sixteenth with each success, so that a lane whose statements run into their timeout finds the size that does not
/// and only rarely tries a larger one.
/// </summary>
/// <param name="options">The largest size.</param>
internal sealed class TransactionLimit(WriteBehindOptions options)
{
    /// <summary>Smaller it never gets: hundreds of rows take a few milliseconds, so that their failure has another cause.</summary>
    private static readonly WriteSize _smallest = new(256, 256 << 10);

    private readonly WriteSize _largest = new(options.MaxRowsPerTransaction, options.MaxBytesPerTransaction);

    /// <summary>The size now.</summary>
    public WriteSize Now { get; private set; } = new(options.MaxRowsPerTransaction, options.MaxBytesPerTransaction);

    /// <summary>What to try after statements of a size took too long.</summary>
    public static WriteSize Smaller(WriteSize failed) => failed.Half().AtLeast(_smallest);

    /// <summary>A transaction of this size failed.</summary>
    public void Shrink(WriteSize failed) => Now = Smaller(failed.AtMost(Now)).AtMost(_largest);

    /// <summary>A transaction was committed.</summary>
    public void Grow() => Now = Now.Larger().AtMost(_largest);
}
