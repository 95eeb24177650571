namespace QLearning.Storage.Sql;

/// <summary>
/// A <c>timestamptz</c> as PostgreSQL sends it. Other programs may store <c>infinity</c>, <c>-infinity</c> and years from 4713 BC to
/// 294276, which .NET cannot say: they are taken for the nearest time that it can.
/// </summary>
internal static class StoredTime
{
    private static readonly DateTimeOffset _zero = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly long _earliest = Microseconds(DateTimeOffset.MinValue);
    private static readonly long _latest = Microseconds(DateTimeOffset.MaxValue);

    /// <summary>The last time of the range, in microseconds as PostgreSQL counts: so far or farther is taken for never.</summary>
    public static DateTimeOffset Latest { get; } = From(long.MaxValue);

    /// <summary>The time of a number of microseconds since 2000; the ends of their range are the infinities.</summary>
    public static DateTimeOffset From(long microseconds) =>
        _zero.AddTicks(Math.Clamp(microseconds, _earliest, _latest) * TimeSpan.TicksPerMicrosecond);

    private static long Microseconds(DateTimeOffset time) => (time - _zero).Ticks / TimeSpan.TicksPerMicrosecond;
}
