namespace QLearning.Learning.QTables;

/// <summary>
/// The time in whole seconds, refreshed by a timer, so that a read of a Q-value that checks an expiry costs one field read. Safe to
/// share between threads; one per process is enough.
/// </summary>
public sealed class CoarseClock : IDisposable
{
    private static readonly TimeSpan _defaultResolution = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private volatile uint _nowSeconds;
    private volatile uint _upSeconds;

    /// <summary>Starts the clock.</summary>
    /// <param name="time">Where the time comes from.</param>
    /// <param name="resolution">How often it is refreshed, above zero. Default: 250 ms.</param>
    /// <exception cref="InvalidInputException">The resolution is not above zero.</exception>
    public CoarseClock(TimeProvider time, TimeSpan? resolution = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        var period = resolution ?? _defaultResolution;
        if (period <= TimeSpan.Zero)
        {
            throw InvalidInputException.For("clock resolution", period, "it is not above zero", "a time above zero");
        }

        (_time, _startedAt) = (time, time.GetTimestamp());
        Refresh();
        _timer = time.CreateTimer(static clock => ((CoarseClock)clock!).Refresh(), this, period, period);
    }

    /// <summary>Seconds since 1970-01-01 UTC, at most one resolution old. Reaches its end in the year 2106.</summary>
    public uint NowSeconds => _nowSeconds;

    /// <summary>Seconds since this clock was started, as old at most: they go on evenly when the system's time is set.</summary>
    public uint UpSeconds => _upSeconds;

    /// <summary>Stops the refreshing; the time stands still from then on.</summary>
    public void Dispose() => _timer.Dispose();

    private void Refresh()
    {
        _nowSeconds = (uint)Math.Clamp(_time.GetUtcNow().ToUnixTimeSeconds(), 0, uint.MaxValue);
        _upSeconds = (uint)Math.Min(_time.GetElapsedTime(_startedAt).TotalSeconds, uint.MaxValue);
    }
}
