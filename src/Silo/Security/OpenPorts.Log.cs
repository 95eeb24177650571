using System.Net;
using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Security;

internal static partial class OpenPortsLog
{
    [LoggerMessage(
        4008,
        LogLevel.Warning,
        "Whoever reaches {Address} at the ports {SiloPort} and {GatewayPort} may call every grain. Keep both in a private network, or set "
        + "QLearning:Security:ClusterCertificateFile and ClusterAuthorityFile, on all silos and .NET clients")]
    public static partial void PortsOpen(this ILogger logger, IPAddress address, int siloPort, int gatewayPort);
}
