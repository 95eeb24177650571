using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Client.Configuration;
using QLearning.Grains;
using QLearning.Http;
using QLearning.Http.Security;
using QLearning.Mcp;
using QLearning.Silo.Configuration;
using QLearning.Silo.Embedded;
using QLearning.Silo.Health;
using QLearning.Silo.Http;
using QLearning.Silo.Membership;
using QLearning.Silo.Security;
using QLearning.Silo.Shutdown;
using QLearning.Silo.Telemetry;

namespace QLearning.Silo;

/// <summary>Puts the parts of a silo together.</summary>
public static class QLearningSiloBuilder
{
    private const string Invariant = "Npgsql";
    private const string OrleansPool = "orleans";

    // A gateway keeps what its silo answers a client that lost its connection, until the client comes back or is dropped; only then do the
    // answers go by the gateway that the client asks meanwhile. It looks as often as this, so that both may take twice as long, which has
    // to be shorter than a client tries (QLearningClientOptions.RetryFor). Orleans' own is a minute.
    private static readonly TimeSpan _clientDropTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds the grains and their database to a silo, and clustering, grain storage and reminders on the same database.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="connectionString">A migrated database.</param>
    public static ISiloBuilder AddQLearning(this ISiloBuilder silo, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return AddQLearning(silo, () => connectionString);
    }

    private static ISiloBuilder AddQLearning(ISiloBuilder silo, Func<string> connectionString)
    {
        silo.Services.TryAddSingleton(_ => DataSource(connectionString(), "qlearning", 20));
        // Membership has a pool of its own: busy grains must not keep a silo from saying that it is alive.
        silo.Services.TryAddKeyedSingleton(OrleansPool, (_, _) => DataSource(connectionString(), "qlearning-orleans", 10));
        silo.Services.AddQLearningGrains();
        SiloHealth.Add(silo.Services);
        silo.Services.TryAddSingleton(new AllSections());
        ConfigurationNames.AddTo(silo.Services);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LostSilos>();
        silo
            .UseAdoNetClustering(builder => builder.Configure<IServiceProvider>((options, services) =>
                (options.Invariant, options.DataSource) = (Invariant, Pool(services))))
            .AddAdoNetGrainStorageAsDefault(builder => builder.Configure<IServiceProvider>((options, services) =>
                (options.Invariant, options.DataSource) = (Invariant, Pool(services))))
            .UseAdoNetReminderService(builder => builder.Configure<IServiceProvider>((options, services) =>
                (options.Invariant, options.DataSource) = (Invariant, Pool(services))))
            .Configure<ClusterMembershipOptions>(DetectFailuresFast)
            .Configure<SiloMessagingOptions>(messaging => messaging.ClientDropTimeout = _clientDropTimeout);
        silo.Services.AddSingleton<IMembershipTable>(services =>
            ActivatorUtilities.CreateInstance<ImpatientMembershipTable>(
                services, ActivatorUtilities.CreateInstance<AdoNetClusteringTable>(services)));
        return silo;
    }

    internal static void AddSilo(WebApplicationBuilder builder, SiloSettings settings, SiloDatabase database)
    {
        if (!IPAddress.TryParse(settings.AdvertisedAddress, out var address))
        {
            throw InvalidInputException.For("advertised address", settings.AdvertisedAddress, "it is no IP address",
                "an IPv4 or IPv6 address");
        }

        var ports = Ports.ChooseLate(builder.Services, address, WantedPorts(settings));
        var listens = settings.HttpPort is not null;
        new HttpAddress(listens ? new(() => new IPEndPoint(address, ports.Value[2])) : null)
            .Listen(
                builder, new ListeningPlace(listens ? address : null, settings.ConnectionString is null), settings.BehindProxy,
                settings.BehindProxyDecides);
        SiloTelemetry.Add(builder, settings);
        builder.Services.AddQLearningHttp();
        builder.Services.AddQLearningMcp();
        SiloConfiguration.AddSectionsOfHttp(builder.Services);
        builder.Services.AddSingleton(new OptionsSection("Silo", typeof(SiloSettings)));
        builder.Services.AddSingleton(database).AddSingleton<DeadSilos>();
        if (settings.ConnectionString is null)
        {
            // Before the silo too: while it stops it still flushes.
            builder.Services.AddSingleton<EmbeddedServerWatch>();
            builder.Services.AddHostedService(services => services.GetRequiredService<EmbeddedServerWatch>());
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout + ShutdownTimes.Runtime);
        builder.UseOrleans(silo => SiloTelemetry.AddFilters(silo, builder.Configuration, settings));
        builder.UseOrleans(silo => AddQLearning(silo, () => database.ConnectionString)
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .Configure<GrainCollectionOptions>(collection => collection.DeactivationTimeout = settings.ShutdownTimeout)
            .Configure<ClusterMembershipOptions>(membership => membership.NumMissedProbesLimit = settings.MissedProbes)
            .Configure<EndpointOptions>(endpoint =>
                (endpoint.AdvertisedIPAddress, endpoint.SiloPort, endpoint.GatewayPort) = (address, ports.Value[0], ports.Value[1])));
        SiloTls.Add(builder.Services);
        builder.Services.AddQLearningClientOnCluster();
    }

    private static (int Port, string What, bool MayDiffer)[] WantedPorts(SiloSettings settings)
    {
        (int, string, bool)[] wanted = [(settings.SiloPort, "silo", false), (settings.GatewayPort, "gateway", false)];
        return settings.HttpPort is { } http ? [.. wanted, (http, "HTTP", settings.HttpPortMayDiffer)] : wanted;
    }

    // As many probes in a row must fail as the settings say: three. One is sent every 0.7 s, and to a killed silo it fails at once, so that
    // is declared dead after 1.4 to 2.1 s; with a second between probes it took up to 3 s. Fencing makes a wrong verdict safe.
    private static void DetectFailuresFast(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromMilliseconds(700);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = SiloSettings.UsualMissedProbes;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }

    private static NpgsqlDataSource Pool(IServiceProvider services) => services.GetRequiredKeyedService<NpgsqlDataSource>(OrleansPool);

    private static NpgsqlDataSource DataSource(string connectionString, string applicationName, int maxPoolSize)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        given.ApplicationName ??= applicationName;
        given.MaxPoolSize = Math.Min(given.MaxPoolSize, maxPoolSize);
        var builder = new NpgsqlDataSourceBuilder(given.ConnectionString);
        SiloTelemetry.Trace(builder);
        return builder.Build();
    }
}
