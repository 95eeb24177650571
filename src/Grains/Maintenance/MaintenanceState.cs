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
}
