namespace QLearning.Abstractions.Input;

/// <summary>Maintenance.</summary>
internal static class MaintenanceCheck
{
    /// <exception cref="InvalidInputException">It is unknown.</exception>
    public static void Job(MaintenanceJob job)
    {
        if (job is not (MaintenanceJob.CleanUp or MaintenanceJob.RefreshViews))
        {
            throw InvalidInputException.For("maintenance job", (int)job, "it is unknown", "CleanUp or RefreshViews");
        }
    }
}
