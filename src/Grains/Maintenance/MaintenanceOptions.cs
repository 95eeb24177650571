using System.ComponentModel.DataAnnotations;

namespace QLearning.Grains.Maintenance;

/// <summary>When and how the cluster cleans up. Configuration section <c>QLearning:Maintenance</c>.</summary>
public sealed class MaintenanceOptions
{
    /// <summary>Whether the jobs run by themselves; on demand they always do. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The time of the day, in UTC, of the daily clean-up. Default: 02:00.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan CleanUpTime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How often the views are refreshed. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most rows deleted in a transaction. Default: 10,000.</summary>
    [Range(1, 10_000)]
    public int BatchRows { get; set; } = 10_000;

    /// <summary>How long a reward lives that belongs to no trajectory. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan LooseRewardLife { get; set; } = TimeSpan.FromDays(30);
}
