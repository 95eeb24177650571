namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins how far the clock of the hot path may be behind.</summary>
public class CoarseClockTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_shows_the_time_from_the_start()
    {
        using var clock = new CoarseClock(new FakeTimeProvider(_start));
        Assert.Equal((uint)_start.ToUnixTimeSeconds(), clock.NowSeconds);
    }

    [Fact]
    public void It_follows_the_time_at_its_resolution()
    {
        var time = new FakeTimeProvider(_start);
        using var clock = new CoarseClock(time, TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((uint)_start.ToUnixTimeSeconds(), clock.NowSeconds);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((uint)_start.ToUnixTimeSeconds() + 10, clock.NowSeconds);
    }

    [Fact]
    public void It_stands_still_once_disposed()
    {
        var time = new FakeTimeProvider(_start);
        var clock = new CoarseClock(time);
        clock.Dispose();
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((uint)_start.ToUnixTimeSeconds(), clock.NowSeconds);
    }

    [Fact]
    public void A_resolution_of_zero_is_refused() =>
        Assert.Throws<InvalidInputException>(() => new CoarseClock(new FakeTimeProvider(), TimeSpan.Zero));
}
