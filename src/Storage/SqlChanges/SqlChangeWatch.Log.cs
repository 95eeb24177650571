using Microsoft.Extensions.Logging;

namespace QLearning.Storage.SqlChanges;

internal static partial class SqlChangeWatchLog
{
    [LoggerMessage(
        2101,
        LogLevel.Warning,
        "What other programs write through SQL cannot be read; trying again every {Pause}. Hot Q-tables may lag behind them.")]
    public static partial void WatchLost(this ILogger logger, Exception error, TimeSpan pause);

    [LoggerMessage(2102, LogLevel.Information, "What other programs write through SQL is read again")]
    public static partial void WatchBack(this ILogger logger);
}
