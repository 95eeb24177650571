using Microsoft.Extensions.Options;
using QLearning.Storage.Status;

namespace QLearning.Grains.Telemetry;

/// <summary>See <see cref="IDatabaseWatchGrain"/>. It lives while any silo asks, and where it lives the state is exported.</summary>
internal sealed class DatabaseWatchGrain(
    DatabaseStateReader reader, DatabaseGauges gauges, IOptions<TelemetryOptions> options, TimeProvider time) : Grain, IDatabaseWatchGrain
{
    // The first silo that asks in an interval has it read for all.
    private const double Fresh = 0.9;

    private long? _readAt;

    public async Task Read()
    {
        if (_readAt is { } before && time.GetElapsedTime(before) < options.Value.DatabaseInterval * Fresh)
        {
            return;
        }

        var state = await reader.ReadAsync(CancellationToken.None);
        _readAt = time.GetTimestamp();
        gauges.Show(state);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        gauges.Clear();
        return Task.CompletedTask;
    }
}
