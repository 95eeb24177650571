namespace QLearning.Client.Security;

/// <summary>
/// Mutual TLS between silos, and between .NET clients and silos: each end shows a certificate, and takes only one that the cluster's
/// authority signed. All of a cluster have it or none. Configuration section <c>QLearning:Security</c>.
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>
    /// The file of this program's certificate with its chain, PEM; null: no TLS. Read at the start. Its extended key usage, if there is
    /// one, has client authentication, and that of a silo server authentication too. Names in it are not compared. Default: null.
    /// </summary>
    public string? ClusterCertificateFile { get; set; }

    /// <summary>The file of its private key, PEM, not encrypted; null: it is in <see cref="ClusterCertificateFile"/>.</summary>
    public string? ClusterCertificateKeyFile { get; set; }

    /// <summary>
    /// The file of the certificates of the authority, PEM; needed with <see cref="ClusterCertificateFile"/>. Whoever has a certificate of
    /// it may call every grain, so that it is an authority of this cluster alone; several while one takes the place of another.
    /// </summary>
    public string? ClusterAuthorityFile { get; set; }
}
