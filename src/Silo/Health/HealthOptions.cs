using System.ComponentModel.DataAnnotations;

namespace QLearning.Silo.Health;

/// <summary>From when on a silo says that it is not ready. Configuration section <c>QLearning:Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>How long PostgreSQL may take to answer. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan DatabaseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long what a grain handed over may wait for its commit. Default: 10 s, a hundred flush intervals.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaxFlushLag { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silo is not ready after PostgreSQL refused a Q-value for good. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "7.00:00:00")]
    public TimeSpan ShowRefusedFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How full the silo's backlog may be, as a share of its limits; at 1 updates are refused. Default: 0.9.</summary>
    [Range(0.01, 1.0)]
    public double MaxBacklogShare { get; set; } = 0.9;
}
