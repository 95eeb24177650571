using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Client.Security;

namespace QLearning.Silo.Security;

/// <summary>Mutual TLS of a silo's own ports, with other silos and with .NET clients.</summary>
internal static class SiloTls
{
    /// <summary>Adds it; without certificates in the configuration it does nothing but warn of ports that others reach.</summary>
    /// <param name="services">The silo's services.</param>
    public static void Add(IServiceCollection services)
    {
        services.AddOptions<ClusterTlsOptions>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection(ClusterTlsRules.Section).Bind(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterTlsOptions>, ClusterTlsRules>();
        services.TryAddSingleton<RefusedPeers>();
        services.AddOptions<SiloConnectionOptions>().Configure<IOptions<ClusterTlsOptions>, RefusedPeers, TimeProvider>(Secure);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OpenPorts>();
    }

    private static void Secure(
        SiloConnectionOptions connections, IOptions<ClusterTlsOptions> options, RefusedPeers refused, TimeProvider time)
    {
        var tls = new ClusterTls(options.Value, refused, time);
        if (tls.IsOn)
        {
            connections.ConfigureSiloInboundConnection(tls.Accept);
            connections.ConfigureGatewayInboundConnection(tls.Accept);
            connections.ConfigureSiloOutboundConnection(tls.Connect);
        }
    }
}
