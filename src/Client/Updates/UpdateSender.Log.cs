using Microsoft.Extensions.Logging;

namespace QLearning.Client.Updates;

internal static partial class UpdateSenderLog
{
    [LoggerMessage(
        3001, LogLevel.Information, "Sending {Count} updates of '{AgentType}' again: another owner has their states and may not know them")]
    public static partial void Resending(this ILogger logger, string agentType, int count);

    [LoggerMessage(
        3002, LogLevel.Warning, "{Count} updates of '{AgentType}' were acknowledged, lost with their owner, and are refused now")]
    public static partial void Refused(this ILogger logger, Exception error, string agentType, int count);

    [LoggerMessage(3003, LogLevel.Warning, "Cannot find out whether {Count} updates of '{AgentType}' are durable; they are kept")]
    public static partial void WatchFailed(this ILogger logger, Exception error, string agentType, int count);
}
