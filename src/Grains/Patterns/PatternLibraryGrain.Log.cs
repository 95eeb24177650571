using Microsoft.Extensions.Logging;

namespace QLearning.Grains.Patterns;

internal static partial class PatternLibraryGrainLog
{
    [LoggerMessage(1301, LogLevel.Warning, "The patterns of '{AgentType}' could not be read anew; searches go by what is in memory")]
    public static partial void ReloadFailed(this ILogger logger, Exception error, string agentType);
}
