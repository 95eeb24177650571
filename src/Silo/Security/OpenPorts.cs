using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Client.Security;

namespace QLearning.Silo.Security;

/// <summary>
/// Warns of ports for silos and clients that others reach and that ask for no certificate. It does not refuse them, as HTTP does: a private
/// network, such as that of compose or Kubernetes, is enough for them, and the silo cannot see whether it is in one.
/// </summary>
/// <param name="endpoints">Where the silo listens.</param>
/// <param name="tls">Whether it has certificates.</param>
/// <param name="logger">Gets the warning.</param>
internal sealed class OpenPorts(IOptions<EndpointOptions> endpoints, IOptions<ClusterTlsOptions> tls, ILogger<OpenPorts> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(OpenPorts),
        ServiceLifecycleStage.First,
        _ =>
        {
            var place = endpoints.Value;
            if (tls.Value.ClusterCertificateFile is null && !IPAddress.IsLoopback(place.AdvertisedIPAddress))
            {
                logger.PortsOpen(place.AdvertisedIPAddress, place.SiloPort, place.GatewayPort);
            }

            return Task.CompletedTask;
        });
}
