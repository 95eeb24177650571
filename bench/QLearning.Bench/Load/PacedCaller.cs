using QLearning.Abstractions;

namespace QLearning.Bench.Load;

/// <summary>
/// Makes calls at a steady pace, one at a time. A call that had to wait because the one before it took too long counts from when it was
/// due, so that a stall shows in every call it delays.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="interval">The time between two calls.</param>
/// <param name="phases">Says which phase a call belongs to.</param>
/// <param name="times">Gets how long each call took.</param>
internal sealed class PacedCaller(TimeProvider time, TimeSpan interval, Phases phases, CallTimes times)
{
    /// <summary>Calls until it is cancelled.</summary>
    /// <param name="delay">When the first call is due.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it after the call under way.</param>
    public async Task RunAsync(TimeSpan delay, Func<Task> call, CancellationToken cancellationToken)
    {
        var origin = time.GetTimestamp();
        for (var due = delay; ; due += interval)
        {
            var early = due - time.GetElapsedTime(origin);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            // A timer that fired late is no fault of the call.
            var began = early > TimeSpan.Zero ? time.GetElapsedTime(origin) : due;
            var phase = phases.Current;
            var answered = await IsAnsweredAsync(call);
            if (phase is null)
            {
                continue;
            }

            if (answered)
            {
                times.Add(phase, time.GetElapsedTime(origin) - began);
            }
            else
            {
                times.AddUnanswered(phase);
            }
        }
    }

    private static async Task<bool> IsAnsweredAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (ClusterUnavailableException)
        {
            return false;
        }
    }
}
