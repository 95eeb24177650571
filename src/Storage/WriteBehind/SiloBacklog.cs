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
    private readonly TimeProvider _time;
    private long _qValues;
    private long _qValueBytes;
    private long _trajectoryRows;
    private long _trajectoryBytes;
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
        var meter = meters.Create(FlushInstruments.MeterName);
        meter.CreateObservableGauge(
            "qlearning.flush.backlog", () => ByKind(QValues, TrajectoryRows), "{row}", "Rows that wait for PostgreSQL in this silo");
        meter.CreateObservableGauge(
            "qlearning.flush.backlog.size",
            () => ByKind(_qValueBytes, _trajectoryBytes),
            "By",
            "Bytes that wait for PostgreSQL in this silo, about");
        meter.CreateObservableCounter(
            "qlearning.flush.refused", () => Refused, "{row}", "Q-values that PostgreSQL refused: they are in memory only");
    }

    /// <summary>Q-values that wait or are in flight.</summary>
    public long QValues => Volatile.Read(ref _qValues);

    /// <summary>Rows of trajectories and rewards that wait or are in flight.</summary>
    public long TrajectoryRows => Volatile.Read(ref _trajectoryRows);

    /// <summary>Bytes of all that waits or is in flight, about.</summary>
    public long Bytes => Volatile.Read(ref _qValueBytes) + Volatile.Read(ref _trajectoryBytes);

    /// <summary>The fullest of the backlogs as a share of its limit, by rows or by bytes: 0 is empty, 1 is full.</summary>
    public double Share => Math.Max(
        Math.Max(QValues / (double)_options.MaxSiloBacklog, TrajectoryRows / (double)_options.MaxTrajectoryBacklog),
        Bytes / (double)_options.MaxSiloBacklogBytes);

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
    /// <param name="count">By how many Q-values, up or down.</param>
    /// <param name="bytes">By how many bytes, as <see cref="QChangeSize"/> counts them.</param>
    public void Add(int count, long bytes)
    {
        Interlocked.Add(ref _qValues, count);
        if (bytes != 0)
        {
            Interlocked.Add(ref _qValueBytes, bytes);
        }
    }

    /// <summary>
    /// Refuses changes that would make the backlog too large. What other threads add at the same moment is not seen: the limit may be
    /// passed by as many calls as run at once.
    /// </summary>
    /// <param name="changes">How many Q-values would be changed.</param>
    /// <param name="bytes">How many bytes they are.</param>
    /// <exception cref="WriteBacklogFullException">The backlog is full; the message says by which limit.</exception>
    public void CheckRoom(int changes, long bytes)
    {
        var waiting = QValues;
        if (waiting + changes > _options.MaxSiloBacklog)
        {
            throw WriteBacklogFullException.OfSilo("Q-values", waiting, _options.MaxSiloBacklog, _options.MaxRetryDelay);
        }

        CheckBytes(Bytes, bytes);
    }

    /// <summary>
    /// Takes room for rows of trajectories and rewards until the answer is disposed of. What is more than the limit by itself is taken
    /// when nothing waits.
    /// </summary>
    /// <param name="rows">How many.</param>
    /// <param name="bytes">How many bytes they are, about.</param>
    /// <exception cref="WriteBacklogFullException">There is not so much room; the message says by which limit.</exception>
    public TrajectoryRoom TakeTrajectoryRoom(int rows, long bytes)
    {
        CheckBytes(Bytes, bytes);
        var waiting = Interlocked.Add(ref _trajectoryRows, rows) - rows;
        if (waiting > 0 && waiting + rows > _options.MaxTrajectoryBacklog)
        {
            Interlocked.Add(ref _trajectoryRows, -rows);
            throw WriteBacklogFullException.OfSilo(
                "rows of trajectories and rewards", waiting, _options.MaxTrajectoryBacklog, _options.MaxRetryDelay);
        }

        Interlocked.Add(ref _trajectoryBytes, bytes);
        return new TrajectoryRoom(this, rows, bytes);
    }

    internal void Release(int trajectoryRows, long trajectoryBytes)
    {
        Interlocked.Add(ref _trajectoryRows, -trajectoryRows);
        Interlocked.Add(ref _trajectoryBytes, -trajectoryBytes);
    }

    private void CheckBytes(long waiting, long added)
    {
        // What is larger by itself would never be taken, and whoever hands it in told to try again for ever.
        if (waiting > 0 && waiting + added > _options.MaxSiloBacklogBytes)
        {
            throw WriteBacklogFullException.OfSilo(
                "bytes of Q-values, trajectories and rewards", waiting, _options.MaxSiloBacklogBytes, _options.MaxRetryDelay);
        }
    }

    private static Measurement<long>[] ByKind(long qValues, long trajectories) =>
    [
        new(qValues, new KeyValuePair<string, object?>("kind", QTableLaneWriter.KindName)),
        new(trajectories, new KeyValuePair<string, object?>("kind", Trajectories.TrajectoryLaneWriter.KindName)),
    ];
}
