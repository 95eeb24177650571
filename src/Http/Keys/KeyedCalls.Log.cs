using Microsoft.Extensions.Logging;

namespace QLearning.Http.Keys;

internal static partial class KeyedCallsLog
{
    [LoggerMessage(6002, LogLevel.Warning, "The idempotency key of a request that failed could not be released; it is held for {HoldFor}")]
    public static partial void KeyNotReleased(this ILogger logger, Exception error, TimeSpan holdFor);
}
