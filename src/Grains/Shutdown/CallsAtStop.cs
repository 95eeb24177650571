using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace QLearning.Grains.Shutdown;

/// <summary>
/// Limits how long calls that wait for PostgreSQL may hold up a stop. The runtime deactivates a grain after its calls, so a database that
/// does not answer would take away the time in which the grain flushes and says what is lost.
/// </summary>
internal sealed class CallsAtStop : IDisposable
{
    private readonly CancellationTokenSource _limit;

    /// <summary>Waits for the stop.</summary>
    /// <param name="lifetime">Says when the silo stops.</param>
    /// <param name="options">How long a grain may take to deactivate: calls have half of it.</param>
    /// <param name="time">The clock.</param>
    public CallsAtStop(IHostApplicationLifetime lifetime, IOptions<GrainCollectionOptions> options, TimeProvider time)
    {
        _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() => _limit.CancelAfter(options.Value.DeactivationTimeout / 2));
    }

    /// <summary>Cancelled when calls must wait no longer.</summary>
    public CancellationToken Limit => _limit.Token;

    public void Dispose() => _limit.Dispose();
}
