using System.Diagnostics.Metrics;
using QLearning.Abstractions;

namespace QLearning.Grains.Maintenance;

/// <summary>Metrics of the maintenance jobs that ran in this silo.</summary>
internal sealed class MaintenanceInstruments
{
    private readonly Counter<long> _runs;
    private readonly Counter<long> _deleted;

    public MaintenanceInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(QLearningTelemetry.Name);
        _runs = meter.CreateCounter<long>("qlearning.maintenance.runs", "{run}", "Runs of maintenance jobs that ended in this silo");
        _deleted = meter.CreateCounter<long>("qlearning.maintenance.deleted", "{row}", "Rows that the clean-up deleted in this silo");
    }

    /// <summary>The value of the tag <c>job</c>.</summary>
    public static string NameOf(MaintenanceJob job) => job == MaintenanceJob.CleanUp ? "clean_up" : "refresh_views";

    public void Ran(JobRun run)
    {
        _runs.Add(1, new("job", NameOf(run.Job)), new("outcome", run.Error is null ? "success" : "failure"));
        foreach (var table in run.Deleted)
        {
            _deleted.Add(table.Rows, new KeyValuePair<string, object?>("table", table.Table));
        }
    }
}
