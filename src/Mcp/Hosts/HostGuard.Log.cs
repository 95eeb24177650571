using Microsoft.Extensions.Logging;

namespace QLearning.Mcp.Hosts;

internal static partial class HostGuardLog
{
    [LoggerMessage(6101, LogLevel.Warning, "An MCP request for the host '{Host}' from the origin '{Origin}' was refused")]
    public static partial void RequestRefused(this ILogger logger, string host, string origin);
}
