using System.Net;
using Microsoft.Extensions.Logging;

namespace QLearning.Http.Security;

internal static partial class AuditTrailLog
{
    [LoggerMessage(6201, LogLevel.Information, "'{Caller}' from {Address} called {Method} {Path}: {Status}")]
    public static partial void AdminCalled(
        this ILogger logger, string caller, IPAddress? address, string method, string path, int status);
}
