using Microsoft.Extensions.Options;
using QLearning.Client.Security;

namespace QLearning.Client.Connection;

/// <summary>What may help a client that gets no connection, whichever time limit it met first.</summary>
/// <param name="options">Its options.</param>
/// <param name="refused">Whom it refused.</param>
internal sealed class ConnectionAdvice(IOptions<QLearningClientOptions> options, RefusedPeers refused)
{
    /// <summary>Why the client ended the connections to silos itself, and what to set; null: it did not.</summary>
    public string? OfRefusal => refused.LastComplaint is { } complaint
        ? $"The connection was refused, with {complaint}. Set {ClusterTlsRules.Section}:ClusterAuthorityFile to the authority of the "
            + "silos' certificates."
        : null;

    /// <summary>
    /// The refusal, or what may be wrong: a silo does not tell a client that it refuses it, the connection ends during the handshake or
    /// after it.
    /// </summary>
    public string Text => OfRefusal ?? (options.Value.Security.ClusterCertificateFile is { } file
        ? $"Start one with 'qlearn serve'. If one runs with mutual TLS, it refuses the certificate {file}, as its log says: "
            + $"set {ClusterTlsRules.Section}:ClusterCertificateFile to one of the cluster's authority; silos without TLS need a client "
            + "without it."
        : $"Start one with 'qlearn serve'. If one runs with mutual TLS, set {ClusterTlsRules.Section}:ClusterCertificateFile and "
            + $"{ClusterTlsRules.Section}:ClusterAuthorityFile.");
}
