using System.ComponentModel.DataAnnotations;

namespace QLearning.Storage.WriteBehind;

/// <summary>How hot Q-tables are written behind. Configuration section <c>QLearning:WriteBehind</c>.</summary>
public sealed class WriteBehindOptions
{
    /// <summary>
    /// The longest time an acknowledged write-behind update waits before its flush begins, from the end of a flush of the same grain that
    /// is under way. Shorter loses less when a silo dies, longer writes an often-changed Q-value fewer times. Default: 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The most Q-values of one grain that may wait for PostgreSQL; beyond it updates are refused. Default: 200,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxBacklog { get; set; } = 200_000;

    /// <summary>
    /// The most Q-values of all grains of one silo that may wait for PostgreSQL; beyond it updates are refused, so that the memory of a
    /// silo with many agent types stays bounded too. Default: 1,000,000, which is five grains at their own limit.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int MaxSiloBacklog { get; set; } = 1_000_000;

    /// <summary>
    /// The most bytes, about, of Q-values of one grain that may wait for PostgreSQL; beyond it updates are refused. New states count with
    /// their JSON, Q-values with their late rewards and the numbers of their updates, which bounds a flush too: what belongs to one Q-value
    /// goes together. Default: 256 MiB.
    /// </summary>
    [Range(1, 1L << 40)]
    public long MaxBacklogBytes { get; set; } = 256L << 20;

    /// <summary>
    /// The most bytes, about, of Q-values, trajectories and rewards of one silo that may wait for PostgreSQL; beyond it they are refused.
    /// One call that has more is taken when nothing waits. Default: 1 GiB, which is four grains at their own limit.
    /// </summary>
    [Range(1, 1L << 40)]
    public long MaxSiloBacklogBytes { get; set; } = 1L << 30;

    /// <summary>
    /// The most rows of trajectories and rewards of one silo that may wait for PostgreSQL; beyond it they are refused. One call that has
    /// more is taken when nothing waits. Default: 200,000.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxTrajectoryBacklog { get; set; } = 200_000;

    /// <summary>Connections that flush in parallel; a grain always uses the same one. Default: 2.</summary>
    [Range(1, 64)]
    public int Lanes { get; set; } = 2;

    /// <summary>
    /// The most Q-values that a grain hands over for one flush; the rest goes with the next. Not more than
    /// <see cref="MaxRowsPerTransaction"/>. Default: 10,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxRowsPerBatch { get; set; } = 10_000;

    /// <summary>
    /// The most bytes, about, that a grain hands over for one flush; the rest goes with the next. A Q-value that is larger alone goes by
    /// itself. Not more than <see cref="MaxBytesPerTransaction"/>. Default: 8 MiB.
    /// </summary>
    [Range(1, 256 << 20)]
    public int MaxBytesPerBatch { get; set; } = 8 << 20;

    /// <summary>
    /// The most Q-values in one transaction of a lane: it takes no further grains beyond that. A grain that hands over more at once is
    /// written in one transaction too, by statements of this size. Default: 50,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxRowsPerTransaction { get; set; } = 50_000;

    /// <summary>
    /// The most bytes, about, in one transaction of a lane, as <see cref="MaxRowsPerTransaction"/> is the most rows. PostgreSQL takes no
    /// message of 1 GiB, and both sides hold the whole of it in memory. Default: 32 MiB.
    /// </summary>
    [Range(1, 256 << 20)]
    public int MaxBytesPerTransaction { get; set; } = 32 << 20;

    /// <summary>The pause after the first failed flush; it doubles up to <see cref="MaxRetryDelay"/>. Default: 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MinRetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between tries. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);
}
