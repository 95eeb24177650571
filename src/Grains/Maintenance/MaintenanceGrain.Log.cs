using Microsoft.Extensions.Logging;
using QLearning.Abstractions;

namespace QLearning.Grains.Maintenance;

internal static partial class MaintenanceGrainLog
{
    [LoggerMessage(1401, LogLevel.Information, "Maintenance is scheduled: {Schedule}")]
    public static partial void MaintenanceScheduled(this ILogger logger, string schedule);

    [LoggerMessage(1402, LogLevel.Information, "{Job} done in {Duration}: {Deleted} rows deleted")]
    public static partial void JobDone(this ILogger logger, MaintenanceJob job, TimeSpan duration, long deleted);

    [LoggerMessage(1403, LogLevel.Error, "{Job} failed after {Duration}; the next run tries again")]
    public static partial void JobFailed(this ILogger logger, Exception error, MaintenanceJob job, TimeSpan duration);

    [LoggerMessage(1404, LogLevel.Warning, "The cluster's maintenance could not be scheduled; trying again in {Pause}")]
    public static partial void SchedulingFailed(this ILogger logger, Exception error, TimeSpan pause);
}
