using QLearning.Cli.Demo;

namespace QLearning.Cli.Tests.Demo;

/// <summary>The curve of a demo has a point for each interval, also where timers are early.</summary>
public sealed class DemoViewTests
{
    [Fact]
    public async Task A_timer_that_is_early_adds_no_points_in_which_nothing_was_learned()
    {
        using var output = new CapturedOutput();
        var types = DemoAgentType.All(1);
        var view = new DemoView(types, [.. types.Select(_ => new DemoProgress())], output.Output, new EarlyTime());

        await view.ShowAsync(TimeSpan.FromSeconds(2), CancellationToken.None);

        Assert.Equal([0.5, 1, 1.5, 2], view.Curve.Select(point => Math.Round(point.Seconds, 1)));
    }

    /// <summary>A clock that goes on by 10 µs with each look, and by 0.3 ms less than a timer should wait.</summary>
    private sealed class EarlyTime : TimeProvider
    {
        private static readonly TimeSpan _early = TimeSpan.FromMilliseconds(0.3);
        private static readonly TimeSpan _look = TimeSpan.FromMicroseconds(10);

        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += _look.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ticks += (dueTime - _early).Ticks;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
