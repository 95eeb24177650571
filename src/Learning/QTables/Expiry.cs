namespace QLearning.Learning.QTables;

/// <summary>Expiry times as seconds since 1970 in 32 bits: 0 is never, as is what another program set beyond the range (2106).</summary>
internal static class Expiry
{
    public const uint Never = 0;

    private const uint SecondsPerDay = 24 * 60 * 60;
    private const int ShareOfLife = 10;

    /// <summary>
    /// An expiry that moves by less stays as it is: PostgreSQL need not rewrite an indexed column at each update. As <c>upsert_q_value</c>
    /// has it: a day, or a tenth of a short life, or a Q-value in use would expire.
    /// </summary>
    public static long RewriteAfterSeconds(TimeSpan timeToLive) => Math.Min(SecondsPerDay, (long)timeToLive.TotalSeconds / ShareOfLife);

    public static uint From(DateTimeOffset? time) =>
        time?.ToUnixTimeSeconds() is { } at && at <= uint.MaxValue ? (uint)Math.Max(at, 1) : Never;

    public static DateTimeOffset? ToTime(uint expiry) =>
        expiry == Never ? null : DateTimeOffset.FromUnixTimeSeconds(expiry);

    public static uint After(uint now, TimeSpan timeToLive) =>
        (uint)Math.Clamp(now + (long)timeToLive.TotalSeconds, 1, uint.MaxValue);
}
