using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Trajectories;

/// <summary>Stores trajectories of all grains of a silo through one connection; callers that wait at the same time share a commit.</summary>
public sealed class TrajectoryPump : ITrajectoryPump, IAsyncDisposable
{
    private readonly WriteLane<IReadOnlyList<TrajectoryRecord>, TrajectoryOutcome> _lane;
    private readonly WriteBehindOptions _options;
    private int _waitingRows;

    /// <summary>Starts the pump.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="options">Limits and retries.</param>
    /// <param name="instruments">Metrics.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="time">The clock of retries and durations.</param>
    public TrajectoryPump(
        NpgsqlDataSource dataSource,
        IOptions<WriteBehindOptions> options,
        FlushInstruments instruments,
        ILogger<TrajectoryPump> logger,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _lane = new WriteLane<IReadOnlyList<TrajectoryRecord>, TrajectoryOutcome>(
            new TrajectoryLaneWriter(dataSource), _options, instruments, logger, time);
    }

    /// <inheritdoc />
    public async Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories)
    {
        ArgumentNullException.ThrowIfNull(trajectories);
        if (trajectories.Count == 0)
        {
            return;
        }

        var rows = trajectories.Sum(trajectory => 1 + trajectory.Rewards.Count);
        var waiting = Interlocked.Add(ref _waitingRows, rows);
        try
        {
            if (waiting > _options.MaxBacklog)
            {
                throw new WriteBacklogFullException(trajectories[0].AgentType, waiting - rows, _options.MaxBacklog, _options.MaxRetryDelay);
            }

            var outcome = await _lane.WriteAsync(trajectories);
            if (outcome.Error is { } error)
            {
                throw PostgresErrors.ToCaller($"store {trajectories.Count} trajectories of '{trajectories[0].AgentType}'", error);
            }
        }
        finally
        {
            Interlocked.Add(ref _waitingRows, -rows);
        }
    }

    /// <summary>Writes what still waits, trying once more at most, and stops.</summary>
    public ValueTask DisposeAsync() => _lane.DisposeAsync();
}
