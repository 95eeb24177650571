using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using QLearning.Client;
using QLearning.Client.Connection;
using QLearning.Client.Telemetry;
using QLearning.Client.Updates;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>Clients in the silo's own process.</summary>
internal static class Clients
{
    /// <summary>A client on the silo's own way to grains.</summary>
    /// <param name="services">The silo's services.</param>
    public static ClusterQLearningClient Over(IServiceProvider services) => Over(services.GetRequiredService<IClusterClient>());

    /// <summary>A client on some way to grains.</summary>
    /// <param name="grains">The way.</param>
    public static ClusterQLearningClient Over(IClusterClient grains)
    {
        var options = Options.Create(new QLearningClientOptions { ConnectionString = "not used" });
        return new ClusterQLearningClient(
            grains,
            new ClusterCalls(options, TimeProvider.System),
            options,
            new ClientInstruments(new OwnMeters()),
            NullLogger<UpdateSender>.Instance,
            TimeProvider.System);
    }
}
