using Microsoft.Extensions.Logging;

namespace QLearning.Grains.SqlChanges;

internal static partial class SqlChangeRelayLog
{
    [LoggerMessage(1201, LogLevel.Warning, "What other programs wrote to '{AgentType}' could not be taken over; trying again in {Pause}")]
    public static partial void TakeOverFailed(this ILogger logger, Exception error, string agentType, TimeSpan pause);
}
