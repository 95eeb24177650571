using Microsoft.Extensions.Logging;

namespace QLearning.Http.Problems;

internal static partial class ProblemMiddlewareLog
{
    [LoggerMessage(6001, LogLevel.Error, "A request failed by a fault of this program: {Method} {Route}")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string method, string route);
}
