using System.ComponentModel.DataAnnotations;
using System.Net;

namespace QLearning.Silo.Gateway;

/// <summary>How a gateway runs: HTTP over a client of its own, without grains. Its client is set by <c>QLearning:Client</c>.</summary>
public sealed class GatewaySettings
{
    /// <summary>The connection string of the cluster's PostgreSQL, where silos announce themselves.</summary>
    [Required]
    public required string ConnectionString { get; set; }

    /// <summary>The address to listen on. Default: 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>The TCP port to listen on; 0: a free one. Default: 0.</summary>
    [Range(0, 65_535)]
    public int HttpPort { get; set; }
}
