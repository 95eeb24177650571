using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Cli.Commands;

/// <summary>A run of a maintenance job in one line.</summary>
internal static class MaintenanceText
{
    public static string Of(MaintenanceJob job, JobRun? run)
    {
        var name = job == MaintenanceJob.CleanUp ? "clean-up" : "view refresh";
        if (run is null)
        {
            return $"{name}: not run yet";
        }

        var when = string.Create(
            CultureInfo.InvariantCulture, $"{name}: {run.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z in {run.Duration.TotalSeconds:0.0} s");
        if (run.Error is { } error)
        {
            return $"{when}, failed: {error}";
        }

        var deleted = run.Deleted.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Table} {table.Rows:N0}"));
        return run.Deleted.Count == 0 ? when : $"{when}, deleted: {string.Join(", ", deleted)}";
    }
}
