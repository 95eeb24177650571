using Microsoft.Extensions.Logging;

namespace QLearning.Client.Security;

internal static partial class RefusedPeersLog
{
    [LoggerMessage(
        3004,
        LogLevel.Warning,
        "A connection with {Address} was refused: {Reason}. On both ends, set QLearning:Security:ClusterCertificateFile to a certificate "
        + "of the cluster's authority and QLearning:Security:ClusterAuthorityFile to that authority")]
    public static partial void PeerRefused(this ILogger logger, string address, string reason);
}
