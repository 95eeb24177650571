using Microsoft.Extensions.Logging;

namespace QLearning.Silo;

internal static partial class QLearningSiloLog
{
    [LoggerMessage(4001, LogLevel.Warning, "The silo did not stop within {Limit}; what still runs is left behind")]
    public static partial void StopTookTooLong(this ILogger logger, TimeSpan limit);
}
