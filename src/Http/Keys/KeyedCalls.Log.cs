using Microsoft.Extensions.Logging;

namespace QLearning.Http.Keys;

internal static partial class KeyedCallsLog
{
    [LoggerMessage(6002, LogLevel.Warning, "The idempotency key of a request that failed could not be released; it is held for {HoldFor}")]
    public static partial void KeyNotReleased(this ILogger logger, Exception error, TimeSpan holdFor);

    [LoggerMessage(
        6003, LogLevel.Warning, "The idempotency key of a request under way could not be held; others may claim it after {HoldFor}")]
    public static partial void KeyNotRenewed(this ILogger logger, Exception error, TimeSpan holdFor);
}
