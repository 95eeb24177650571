using System.Globalization;
using System.Text.Json;
using QLearning.Abstractions;

namespace QLearning.Storage.Status;

/// <summary>The last runs of the maintenance jobs.</summary>
/// <param name="CleanUp">The last clean-up; null: none yet.</param>
/// <param name="RefreshViews">The last view refresh; null: none yet.</param>
public sealed record MaintenanceRuns(JobRun? CleanUp, JobRun? RefreshViews)
{
    /// <summary>Reads the state that <see cref="Parse"/> reads.</summary>
    internal const string Sql =
        "select convert_from(payload, 'UTF8') from orleans_grain_state where grain_type = 'maintenance' order by modified_at desc limit 1";

    /// <summary>When the jobs were first scheduled; null: they were not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the last clean-up ended that succeeded; null: none has.</summary>
    public DateTimeOffset? CleanedUpAt { get; init; }

    /// <summary>When the last view refresh ended that succeeded; null: none has.</summary>
    public DateTimeOffset? ViewsRefreshedAt { get; init; }

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
            Run(document.RootElement, "RefreshViews", MaintenanceJob.RefreshViews))
        {
            Since = Time(document.RootElement, "Since"),
            CleanedUpAt = Time(document.RootElement, "CleanedUpAt"),
            ViewsRefreshedAt = Time(document.RootElement, "ViewsRefreshedAt"),
        };
    }

    private static DateTimeOffset? Time(JsonElement state, string name) =>
        state.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.String ? time.GetDateTimeOffset() : null;

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
