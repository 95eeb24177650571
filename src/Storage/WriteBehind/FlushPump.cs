using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// The one writer of Q-tables in a silo: a few lanes, each with at most one transaction at a time. However many agent types a silo
/// holds, they cost as many connections as one, and waiters of many grains share one commit.
/// </summary>
public sealed class FlushPump : IFlushPump, IAsyncDisposable
{
    private readonly WriteLane<QTableBatch, FlushOutcome>[] _lanes;

    /// <summary>Starts the lanes.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="options">How many lanes, and how they retry.</param>
    /// <param name="instruments">Metrics.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="time">The clock of retries and durations.</param>
    public FlushPump(
        NpgsqlDataSource dataSource,
        IOptions<WriteBehindOptions> options,
        FlushInstruments instruments,
        ILogger<FlushPump> logger,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var writer = new QTableLaneWriter(dataSource);
        _lanes = [.. Enumerable.Range(0, options.Value.Lanes).Select(_ =>
            new WriteLane<QTableBatch, FlushOutcome>(writer, options.Value, instruments, logger, time))];
    }

    /// <inheritdoc />
    public TimeSpan OldestWait => _lanes.Max(lane => lane.OldestWait);

    /// <inheritdoc />
    public bool IsRunning => _lanes.All(lane => lane.IsRunning);

    /// <inheritdoc />
    public Task<FlushOutcome> WriteAsync(QTableBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _lanes[(uint)batch.Owner.GetHashCode() % (uint)_lanes.Length].WriteAsync(batch);
    }

    /// <summary>Writes what is still in the lanes, trying each at most once more, and stops.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask()));
}
