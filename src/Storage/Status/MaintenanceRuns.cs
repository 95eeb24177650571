using System.Globalization;
using System.Text.Json;
using QLearning.Abstractions;

namespace QLearning.Storage.Status;

/// <summary>The last runs of the maintenance jobs.</summary>
/// <param name="CleanUp">The last clean-up; null: none yet.</param>
/// <param name="RefreshViews">The last view refresh; null: none yet.</param>
public sealed record MaintenanceRuns(JobRun? CleanUp, JobRun? RefreshViews)
{
    /// <summary>Reads what Orleans' grain storage holds of the maintenance grain: JSON that leaves out whatever is 0 or null.</summary>
    /// <param name="json">The stored state, or null.</param>
    internal static MaintenanceRuns Parse(string? json)
    {
        if (json is null)
        {
            return new MaintenanceRuns(null, null);
        }

        using var document = JsonDocument.Parse(json);
        return new MaintenanceRuns(
            Run(document.RootElement, "CleanUp", MaintenanceJob.CleanUp),
            Run(document.RootElement, "RefreshViews", MaintenanceJob.RefreshViews));
    }

    private static JobRun? Run(JsonElement state, string name, MaintenanceJob job)
    {
        if (!state.TryGetProperty(name, out var run) || run.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new JobRun
        {
            Job = job,
            StartedAt = run.GetProperty("StartedAt").GetDateTimeOffset(),
            Duration = run.TryGetProperty("Duration", out var duration)
                ? TimeSpan.Parse(duration.GetString()!, CultureInfo.InvariantCulture)
                : TimeSpan.Zero,
            Deleted = run.TryGetProperty("Deleted", out var deleted)
                ? [.. deleted.GetProperty("$values").EnumerateArray().Select(table => new DeletedRows(
                    table.GetProperty("Table").GetString()!, table.TryGetProperty("Rows", out var rows) ? rows.GetInt64() : 0))]
                : [],
            Error = run.TryGetProperty("Error", out var error) ? error.GetString() : null,
        };
    }
}
