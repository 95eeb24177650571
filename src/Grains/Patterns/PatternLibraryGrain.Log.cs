using Microsoft.Extensions.Logging;

namespace QLearning.Grains.Patterns;

internal static partial class PatternLibraryGrainLog
{
    [LoggerMessage(
        1301, LogLevel.Warning, "The patterns of '{AgentType}' could not be read anew; searches go by what is in memory: {Reason}")]
    public static partial void ReloadFailed(this ILogger logger, string agentType, string reason);
}
