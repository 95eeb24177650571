using QLearning.Abstractions;

namespace QLearning.Grains.Maintenance;

/// <summary>What the maintenance grain keeps in Orleans' grain storage.</summary>
[GenerateSerializer]
[Alias("QLearning.MaintenanceState")]
internal sealed class MaintenanceState
{
    [Id(0)]
    public JobRun? CleanUp { get; set; }

    [Id(1)]
    public JobRun? RefreshViews { get; set; }

    [Id(2)]
    public long Runs { get; set; }

    /// <summary>The options that the reminders were set by.</summary>
    [Id(3)]
    public string? Schedule { get; set; }

    /// <summary>When the jobs were first scheduled.</summary>
    [Id(4)]
    public DateTimeOffset? Since { get; set; }

    /// <summary>When the last clean-up ended that succeeded.</summary>
    [Id(5)]
    public DateTimeOffset? CleanedUpAt { get; set; }

    /// <summary>When the last view refresh ended that succeeded.</summary>
    [Id(6)]
    public DateTimeOffset? ViewsRefreshedAt { get; set; }
}
