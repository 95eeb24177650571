using System.Globalization;

namespace QLearning.Testing;

/// <summary>Waits for what happens in its own time, with a deadline instead of a fixed sleep.</summary>
public static class Eventually
{
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>The deadline when none is named.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">Asked again and again; an exception from it ends the wait.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="deadline">How long to wait at most; <see cref="DefaultDeadline"/> when null.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task Holds(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var time = TimeProvider.System;
        var limit = deadline ?? DefaultDeadline;
        var start = time.GetTimestamp();
        var wait = _shortestWait;
        while (!await condition())
        {
            if (time.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException(
                    string.Create(CultureInfo.InvariantCulture, $"Waited {limit.TotalSeconds:0.#} s in vain for: {what}."));
            }

            await Task.Delay(wait, time);
            wait = wait * 2 < _longestWait ? wait * 2 : _longestWait;
        }
    }

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">Asked again and again; an exception from it ends the wait.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="deadline">How long to wait at most; <see cref="DefaultDeadline"/> when null.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task Holds(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        Holds(() => Task.FromResult(condition()), what, deadline);
}
