using Microsoft.Extensions.Logging;

namespace QLearning.Grains.SqlChanges;

internal static partial class SqlChangeRelayLog
{
    [LoggerMessage(1201, LogLevel.Warning, "'{AgentType}' could not be told what other programs wrote; trying again in {Pause}")]
    public static partial void TakeOverFailed(this ILogger logger, Exception error, string agentType, TimeSpan pause);
}
