namespace QLearning.Bench.Simulation;

/// <summary>
/// Decides what happens next: which continuation, message or timer. Everything runs on the thread that calls <see cref="Step"/>, in an
/// order that follows from the seed alone.
/// </summary>
/// <param name="random">Decides.</param>
internal sealed class SimScheduler(Random random)
{
    // Rarely: most of the time what is ready runs before time goes on, as in a process that is not overloaded.
    private const double TimeGoesOn = 0.02;

    // A process is not overloaded for hours.
    private static readonly long _longestOverload = TimeSpan.FromSeconds(5).Ticks;

    private readonly List<(SimContext? Context, SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly PriorityQueue<(SimTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _timersMade;

    /// <summary>Ticks since the beginning.</summary>
    public long Now { get; private set; }

    /// <summary>How many steps were taken.</summary>
    public int Steps { get; private set; }

    /// <summary>True when something ran on another thread: its order does not follow from the seed.</summary>
    public bool HasEscaped { get; private set; }

    /// <summary>Called with what escapes a callback.</summary>
    public Action<Exception> OnError { get; set; } = _ => { };

    /// <summary>Has something run sometime: in a context, or, without one, in the world outside of all processes.</summary>
    public void Post(SimContext? context, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            HasEscaped = true;
            return;
        }

        if (context is null)
        {
            _ready.Add((null, callback, state));
        }
        else if (context.Node.IsAlive && context.Enqueue(callback, state))
        {
            _ready.Add((context, callback, state));
        }
    }

    /// <summary>Has something run sometime, outside of all processes.</summary>
    public void Post(Action action) => Post(null, static action => ((Action)action!)(), action);

    /// <summary>Has something run when a time has passed, outside of all processes.</summary>
    public SimTimer After(TimeSpan delay, Action action)
    {
        var timer = new SimTimer(this, null, static action => ((Action)action!)(), action);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Does one thing; false when nothing is left to do.</summary>
    public bool Step()
    {
        Steps++;
        if (_ready.Count == 0 || (random.NextDouble() < TimeGoesOn && NextDue() < Now + _longestOverload))
        {
            return FireNext();
        }

        var chosen = random.Next(_ready.Count);
        var (context, callback, state) = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (context is { IsFifo: true })
        {
            (callback, state) = context.Dequeue();
            if (context.HasMore)
            {
                _ready.Add((context, callback, state));
            }
        }

        if (context is null or { Node.IsAlive: true })
        {
            Run(context, callback, state);
        }

        return true;
    }

    internal void Schedule(SimTimer timer, int version, long due) => _timers.Enqueue((timer, version), (due, ++_timersMade));

    private long NextDue()
    {
        while (_timers.TryPeek(out var next, out var when))
        {
            if (next.Timer.IsCurrent(next.Version))
            {
                return when.Due;
            }

            _timers.Dequeue();
        }

        return long.MaxValue;
    }

    private bool FireNext()
    {
        if (NextDue() == long.MaxValue)
        {
            return false;
        }

        _timers.TryDequeue(out var next, out var when);
        Now = Math.Max(Now, when.Due);
        next.Timer.Fire();
        return true;
    }

    private void Run(SimContext? context, SendOrPostCallback callback, object? state)
    {
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            callback(state);
        }
        catch (Exception error)
        {
            OnError(error);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }
}
