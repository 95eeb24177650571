using System.ComponentModel.DataAnnotations;
using System.Net;

namespace QLearning.Silo.Gateway;

/// <summary>How a gateway runs: HTTP over a client of its own, without grains. Its client is set by <c>QLearning:Client</c>.</summary>
public sealed class GatewaySettings
{
    /// <summary>The connection string of the cluster's PostgreSQL, where silos announce themselves.</summary>
    [Required]
    public required string ConnectionString { get; set; }

    /// <summary>
    /// Whether <see cref="ConnectionString"/> goes before <c>QLearning:Client:Gateways</c>, as one that was typed does. Default: false.
    /// </summary>
    public bool IgnoresGateways { get; set; }

    /// <summary>
    /// Whether the cluster is the embedded default of this machine: then callers on a loopback address need no key. Default: false.
    /// </summary>
    public bool IsEmbedded { get; set; }

    /// <summary>
    /// Whether a proxy before it has TLS for HTTP, as <c>QLearning:Security:BehindProxy</c>: one of the two is enough. Default: false.
    /// </summary>
    public bool BehindProxy { get; set; }

    /// <summary>
    /// Whether <see cref="BehindProxy"/> goes before <c>QLearning:Security:BehindProxy</c>, as one that was typed does. Default: false.
    /// </summary>
    public bool BehindProxyDecides { get; set; }

    /// <summary>The address to listen on. Default: 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>The TCP port to listen on; 0: a free one. Default: 0.</summary>
    [Range(0, 65_535)]
    public int HttpPort { get; set; }
}
