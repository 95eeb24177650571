namespace QLearning.Cli.Replay.History;

/// <summary>
/// A test's latest verdicts: as many as are learned from, in two bytes, since a history repeats the whole past of each test in each row.
/// </summary>
/// <param name="Count">How many there are.</param>
/// <param name="Bits">A bit for each, the newest lowest; 1: failed.</param>
internal readonly record struct PastResults(byte Count, byte Bits)
{
    /// <summary>The most that are kept.</summary>
    public const int Most = 4;

    private const int Mask = (1 << Most) - 1;

    /// <summary>No verdict.</summary>
    public static PastResults None => default;

    /// <summary>The newest first; true: failed.</summary>
    public IEnumerable<bool> Verdicts
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                yield return (Bits >> i & 1) == 1;
            }
        }
    }

    /// <summary>From a list, the newest first.</summary>
    public static PastResults Of(IEnumerable<bool> verdicts) => verdicts.Aggregate(None, (past, failed) => past.FollowedByOlder(failed));

    /// <summary>With one that came before all others.</summary>
    public PastResults FollowedByOlder(bool failed) =>
        Count == Most ? this : new((byte)(Count + 1), (byte)(Bits | (failed ? 1 << Count : 0)));

    /// <summary>With one that came after all others.</summary>
    public PastResults FollowedByNewer(bool failed) =>
        new((byte)Math.Min(Count + 1, Most), (byte)(((Bits << 1) | (failed ? 1 : 0)) & Mask));
}
