namespace QLearning.Bench.Simulation;

/// <summary>The clock of a process. It stands still but when the scheduler lets time go on.</summary>
/// <param name="scheduler">The scheduler.</param>
/// <param name="context">Where its timers run.</param>
internal sealed class SimTime(SimScheduler scheduler, SimContext context) : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(scheduler.Now);

    public override long GetTimestamp() => scheduler.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(scheduler, context, new SendOrPostCallback(callback), state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer of the simulation.</summary>
internal sealed class SimTimer(SimScheduler scheduler, SimContext? context, SendOrPostCallback callback, object? state) : ITimer
{
    private int _version;
    private TimeSpan _period;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _version++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            scheduler.Schedule(this, _version, scheduler.Now + dueTime.Ticks);
        }

        return true;
    }

    public void Dispose() => _version++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal bool IsCurrent(int version) => version == _version && context is null or { Node.IsAlive: true };

    internal void Fire()
    {
        if (_period > TimeSpan.Zero)
        {
            scheduler.Schedule(this, _version, scheduler.Now + _period.Ticks);
        }
        else
        {
            _version++;
        }

        scheduler.Post(context, callback, state);
    }
}

/// <summary>A clock that stands still for ever: Q-values do not expire in a simulation.</summary>
internal sealed class StoppedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
