namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>A time that leaps over months in one step: its timer ticks once a leap, not once a period.</summary>
internal sealed class LeapingTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;
    private Action? _tick;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Leap(int seconds)
    {
        _now = _now.AddSeconds(seconds);
        _tick?.Invoke();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _tick = () => callback(state);
        return new Handle();
    }

    private sealed class Handle : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
