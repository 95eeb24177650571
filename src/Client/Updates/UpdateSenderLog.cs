using Microsoft.Extensions.Logging;

namespace QLearning.Client.Updates;

internal static partial class UpdateSenderLog
{
    [LoggerMessage(3001, LogLevel.Information, "Sending {Count} batches of updates of '{AgentType}' again: epoch {Epoch} is new and may not have them.")]
    public static partial void Resending(this ILogger logger, string agentType, int count, long epoch);

    [LoggerMessage(3002, LogLevel.Warning, "{Count} updates of '{AgentType}' were acknowledged, lost with a silo, and are refused now.")]
    public static partial void Refused(this ILogger logger, Exception error, string agentType, int count);

    [LoggerMessage(3004, LogLevel.Error, "Nobody watches any longer whether {Count} updates of '{AgentType}' become durable.")]
    public static partial void WatchEnded(this ILogger logger, Exception error, string agentType, int count);

    [LoggerMessage(3003, LogLevel.Warning, "Cannot find out whether {Count} updates of '{AgentType}' are durable; they are kept.")]
    public static partial void WatchFailed(this ILogger logger, Exception error, string agentType, int count);
}
