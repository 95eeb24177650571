using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A clock that stands until it is advanced, and remembers how long each wait was asked to be.</summary>
internal sealed class TimersSeen : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = [];

    /// <summary>The waits so far.</summary>
    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    /// <summary>Waits until the wait with this number has begun, and ends it to the tick.</summary>
    public async Task AdvanceThroughNextAsync(int number)
    {
        await Eventually.Holds(() => _waits.Count >= number, $"wait {number} begins");
        Advance(_waits.ElementAt(number - 1));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }
}
