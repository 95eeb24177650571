using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// What waits for PostgreSQL in one silo, all grains together, and its limits. Each grain adds what its own backlog moved by, so that an
/// update costs at most one interlocked addition, and none when its Q-value waits already.
/// </summary>
public sealed class SiloBacklog
{
    private readonly WriteBehindOptions _options;
    private long _qValues;
    private readonly TimeProvider _time;
    private long _trajectoryRows;
    private long _refused;
    private long _refusedAt;

    /// <summary>An empty backlog with its metric.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public SiloBacklog(IOptions<WriteBehindOptions> options, IMeterFactory meters, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meters);
        _options = options.Value;
        _time = time ?? TimeProvider.System;
        meters.Create(FlushInstruments.MeterName).CreateObservableGauge(
            "qlearning.flush.backlog", Observe, "{row}", "Rows that wait for PostgreSQL in this silo");
    }

    /// <summary>Q-values that wait or are in flight.</summary>
    public long QValues => Volatile.Read(ref _qValues);

    /// <summary>Rows of trajectories and rewards that wait or are in flight.</summary>
    public long TrajectoryRows => Volatile.Read(ref _trajectoryRows);

    /// <summary>The fuller of the two backlogs as a share of its limit: 0 is empty, 1 is full.</summary>
    public double Share => Math.Max(
        QValues / (double)_options.MaxSiloBacklog, TrajectoryRows / (double)_options.MaxTrajectoryBacklog);

    /// <summary>Q-values that PostgreSQL refused since the start, which are in memory only.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>How long ago the last Q-value was refused; null: none was.</summary>
    public TimeSpan? SinceRefused => Refused == 0 ? null : _time.GetElapsedTime(Volatile.Read(ref _refusedAt));

    /// <summary>Notes that PostgreSQL refused Q-values.</summary>
    /// <param name="count">How many.</param>
    public void AddRefused(int count)
    {
        Volatile.Write(ref _refusedAt, _time.GetTimestamp());
        Interlocked.Add(ref _refused, count);
    }

    /// <summary>Notes that a grain's backlog of Q-values moved.</summary>
    /// <param name="change">By how many, up or down.</param>
    /// <param name="bytes">By how many bytes.</param>
    public void Add(int change, long bytes) => Interlocked.Add(ref _qValues, change);

    /// <summary>
    /// Refuses changes that would make the backlog too large. What other threads add at the same moment is not seen: the limit may be passed
    /// by as many calls as run at once.
    /// </summary>
    /// <param name="changes">How many Q-values would be changed.</param>
    /// <exception cref="WriteBacklogFullException">The backlog is full.</exception>
    /// <param name="bytes">How many bytes they take.</param>
    public void CheckRoom(int changes, long bytes)
    {
        var waiting = QValues;
        if (waiting + changes > _options.MaxSiloBacklog)
        {
            throw WriteBacklogFullException.OfSilo("Q-values", waiting, _options.MaxSiloBacklog, _options.MaxRetryDelay);
        }
    }

    /// <summary>Takes room for rows of trajectories and rewards until the answer is disposed of.</summary>
    /// <param name="rows">How many.</param>
    /// <exception cref="WriteBacklogFullException">There is not so much room.</exception>
    public TrajectoryRoom TakeTrajectoryRoom(int rows)
    {
        var waiting = Interlocked.Add(ref _trajectoryRows, rows) - rows;
        if (waiting + rows > _options.MaxTrajectoryBacklog)
        {
            Release(rows);
            throw WriteBacklogFullException.OfSilo(
                "rows of trajectories and rewards", waiting, _options.MaxTrajectoryBacklog, _options.MaxRetryDelay);
        }

        return new TrajectoryRoom(this, rows);
    }

    internal void Release(int trajectoryRows) => Interlocked.Add(ref _trajectoryRows, -trajectoryRows);

    private Measurement<long>[] Observe() =>
    [
        new(QValues, new KeyValuePair<string, object?>("kind", QTableLaneWriter.KindName)),
        new(TrajectoryRows, new KeyValuePair<string, object?>("kind", Trajectories.TrajectoryLaneWriter.KindName)),
    ];
}
