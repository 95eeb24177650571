using Microsoft.Extensions.Logging;

namespace QLearning.Grains.Telemetry;

internal static partial class DatabaseWatchLog
{
    [LoggerMessage(4101, LogLevel.Warning, "PostgreSQL's state cannot be read for the metrics; trying again every {Pause}: {Reason}")]
    public static partial void StateUnreadable(this ILogger logger, TimeSpan pause, string reason);

    [LoggerMessage(4102, LogLevel.Information, "PostgreSQL's state is read again")]
    public static partial void StateReadable(this ILogger logger);
}
