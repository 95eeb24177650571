using Microsoft.Extensions.Logging;

namespace QLearning.Grains.SqlChanges;

internal static partial class TableRefresherLog
{
    [LoggerMessage(1202, LogLevel.Warning, "What other programs wrote to '{Owner}' could not be read; trying again each {Pause}")]
    public static partial void RefreshFailed(this ILogger logger, Exception error, string owner, TimeSpan pause);

    [LoggerMessage(1203, LogLevel.Information, "What other programs wrote to '{Owner}' can be read again")]
    public static partial void RefreshBack(this ILogger logger, string owner);
}
