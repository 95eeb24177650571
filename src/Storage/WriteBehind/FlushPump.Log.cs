using Microsoft.Extensions.Logging;

namespace QLearning.Storage.WriteBehind;

internal static partial class FlushPumpLog
{
    [LoggerMessage(
        2001, LogLevel.Warning, "Flush of {Kind} ({Count} batches) failed; trying again in {Pause}. Reads and learning go on in memory.")]
    public static partial void FlushFailed(this ILogger logger, Exception error, string kind, int count, TimeSpan pause);

    [LoggerMessage(2002, LogLevel.Error, "Flush of {Kind} of '{Owner}' refused by PostgreSQL")]
    public static partial void FlushRefused(this ILogger logger, Exception error, string kind, string owner);

    [LoggerMessage(2003, LogLevel.Warning, "Flush of {Kind} ({Count} batches) in one transaction refused; writing each by itself")]
    public static partial void FlushSplit(this ILogger logger, Exception error, string kind, int count);

    [LoggerMessage(
        2005, LogLevel.Error, "A flush lane of {Kind} met an unexpected error; {Count} batches were told so and the lane goes on")]
    public static partial void LaneFailed(this ILogger logger, Exception error, string kind, int count);

    [LoggerMessage(2004, LogLevel.Warning, "Flush of '{Owner}' fenced: a newer activation owns its rows, {Count} changes left out")]
    public static partial void FlushFenced(this ILogger logger, string owner, int count);
}
