using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Http;
using QLearning.Http.Security;
using QLearning.Mcp;
using QLearning.Silo.Configuration;
using QLearning.Silo.Health;
using QLearning.Silo.Http;
using QLearning.Silo.Telemetry;

namespace QLearning.Silo.Gateway;

/// <summary>A process that answers HTTP as silos do, over a client of its own: for those who want HTTP apart from memory.</summary>
public sealed class QLearningGateway : IAsyncDisposable
{
    // A gateway has metrics as a silo has by default.
    private static readonly SiloSettings _telemetry = new();

    private readonly WebApplication _web;

    private QLearningGateway(WebApplication web) => _web = web;

    /// <summary>Where HTTP is answered.</summary>
    public Uri HttpUrl => HttpAddress.UrlOf(_web.Services)!;

    /// <summary>The gateway's services.</summary>
    public IServiceProvider Services => _web.Services;

    /// <summary>Starts a gateway; returns when its client is connected.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="logging">Where it logs; null: nowhere.</param>
    /// <param name="configure">Changes its services before it starts.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, or the port is taken.</exception>
    /// <exception cref="StorageUnavailableException">The database does not answer, or holds no cluster's tables.</exception>
    /// <exception cref="ClusterUnavailableException">No silo is running.</exception>
    public static async Task<QLearningGateway> StartAsync(
        GatewaySettings settings,
        Action<ILoggingBuilder>? logging = null,
        Action<IServiceCollection>? configure = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var web = Build(settings, logging ?? (_ => { }), configure);
        try
        {
            SiloConfiguration.Read(() => web.Services.GetService<IStartupValidator>()?.Validate());
            await web.StartAsync(cancellationToken);
            // It is listened on now.
            web.Services.GetRequiredService<ChosenPorts>().Dispose();
            return new QLearningGateway(web);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the gateway stops.</summary>
    /// <param name="cancellationToken">Begins the stop.</param>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _web.WaitForShutdownAsync(cancellationToken);

    /// <summary>Answers what is under way, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
    }

    private static WebApplication Build(
        GatewaySettings settings, Action<ILoggingBuilder> logging, Action<IServiceCollection>? configure)
    {
        if (!IPAddress.TryParse(settings.Address, out var address))
        {
            throw InvalidInputException.For("address", settings.Address, "it is no IP address", "an IPv4 or IPv6 address");
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        SiloConfiguration.AddTo(builder.Configuration);
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        builder.Services.AddSystemd();
        var ports = Ports.ChooseLate(builder.Services, address, (settings.HttpPort, "HTTP", false));
        new HttpAddress(new Lazy<IPEndPoint>(() => new IPEndPoint(address, ports.Value[0])))
            .Listen(builder, new ListeningPlace(address, settings.IsEmbedded), settings.BehindProxy, settings.BehindProxyDecides);
        SiloTelemetry.Add(builder, _telemetry);
        builder.Services.AddQLearningClient(options =>
            SiloConfiguration.FindClusterOf(options, settings.ConnectionString, settings.IgnoresGateways));
        builder.Services.AddQLearningHttp();
        builder.Services.AddQLearningMcp();
        SiloConfiguration.AddSectionsOfHttp(builder.Services);
        builder.Services.AddHealthChecks().AddCheck<ClusterCheck>("cluster", tags: [HealthTags.Serving, HealthTags.Ready]);
        configure?.Invoke(builder.Services);
        var web = builder.Build();
        web.UseQLearningHttp();
        web.MapQLearningMcp();
        HealthEndpoints.Map(web);
        SiloTelemetry.Map(web, _telemetry);
        return web;
    }
}
