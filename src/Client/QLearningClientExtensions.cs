using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using QLearning.Client.Configuration;
using QLearning.Client.Connection;
using QLearning.Client.Security;
using QLearning.Client.Telemetry;

namespace QLearning.Client;

/// <summary>Adds the client to a program.</summary>
public static class QLearningClientExtensions
{
    private const string Invariant = "Npgsql";
    private const string MembershipPool = "qlearning-membership";

    /// <summary>
    /// Adds <see cref="IQLearningClient"/>, which finds the silos through the cluster's PostgreSQL, connects when the host starts and
    /// reconnects by itself.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Changes options; without it they come from the configuration.</param>
    /// <exception cref="OptionsValidationException">Thrown by the start of the host: an option is missing or out of its range.</exception>
    public static IServiceCollection AddQLearningClient(
        this IServiceCollection services, Action<QLearningClientOptions>? configure = null)
    {
        if (services.Any(service => service.ServiceType == typeof(IQLearningClient)))
        {
            return services;
        }

        services.AddQLearningClientOnCluster(configure);
        services.AddOptions<QLearningClientOptions>()
            .Validate(
                options => !string.IsNullOrEmpty(options.ConnectionString) || options.Gateways.Count > 0,
                "A connection string is needed: set ConnectionStrings:QLearning or QLearning:Client:ConnectionString; or name gateways: "
                + "QLearning:Client:Gateways.")
            .Validate(
                options => options.Gateways.All(GatewayAddress.IsOne),
                "Each of QLearning:Client:Gateways is an IP address with its port, such as 10.0.0.7:30000.")
            // Without the cause, which may quote any part of the string, even of the password.
            .Validate(
                options => string.IsNullOrEmpty(options.ConnectionString) || IsReadable(options),
                "The ConnectionString cannot be read. Expected: keywords such as Host=...;Port=...;Database=...;Username=..., "
                + "and in quotes each value that holds a semicolon.");
        services.AddSingleton<IValidateOptions<QLearningClientOptions>, ClientTlsRules>();
        services.TryAddSingleton<RefusedPeers>();
        services.TryAddSingleton<ConnectionAdvice>();
        services.TryAddKeyedSingleton(
            MembershipPool, (provider, _) => MembershipDataSource(provider.GetRequiredService<IOptions<QLearningClientOptions>>().Value));
        ServiceDescriptor[] before = [.. services];
        services.AddOrleansClient(client =>
        {
            client.UseAdoNetClustering(clustering => clustering.Configure<IServiceProvider>((adoNet, provider) =>
            {
                adoNet.Invariant = Invariant;
                if (provider.GetRequiredService<IOptions<QLearningClientOptions>>().Value.Gateways.Count == 0)
                {
                    adoNet.DataSource = provider.GetRequiredKeyedService<NpgsqlDataSource>(MembershipPool);
                }
                else
                {
                    // It is checked to be there, and not used.
                    adoNet.ConnectionString = "Host=unused";
                }
            }));
            GatewayAddress.MayReplaceDatabase(client.Services);
            client.UseConnectionRetryFilter<ConnectionRetry>();
            client.Services.AddOptions<ClientConnectionOptions>()
                .Configure<IOptions<QLearningClientOptions>, RefusedPeers, TimeProvider>(Secure);
            client.Services.AddOptions<ClusterOptions>().Configure<IOptions<QLearningClientOptions>>((cluster, options) =>
                (cluster.ClusterId, cluster.ServiceId) = (options.Value.ClusterId, options.Value.ServiceId));
            client.Services.AddOptions<ClientMessagingOptions>().Configure<IOptions<QLearningClientOptions>>((messaging, options) =>
                messaging.ResponseTimeout = options.Value.ResponseTimeout);
            client.Services.AddOptions<GatewayOptions>().Configure<IOptions<QLearningClientOptions>>((gateway, options) =>
                gateway.GatewayListRefreshPeriod = options.Value.GatewayListRefreshPeriod);
        });
        LimitedStart.Take(services, before);
        return services;
    }

    /// <summary>
    /// Adds <see cref="IQLearningClient"/> on a cluster client that is registered by somebody else: beside a silo that is the silo's own,
    /// through which calls go without a gateway. How that one finds and reaches silos is its own affair: of the options only those of
    /// calls, resending and merging count.
    /// </summary>
    /// <param name="services">The program's services, in which an <c>IClusterClient</c> is registered when it starts.</param>
    /// <param name="configure">Changes options; without it they come from the configuration.</param>
    /// <exception cref="OptionsValidationException">Thrown by the start of the host: an option is out of its range.</exception>
    public static IServiceCollection AddQLearningClientOnCluster(
        this IServiceCollection services, Action<QLearningClientOptions>? configure = null)
    {
        if (services.Any(service => service.ServiceType == typeof(IQLearningClient)))
        {
            return services;
        }

        services.AddSingleton(new OptionsSection("Client", typeof(QLearningClientOptions)));
        services.AddSingleton(new OptionsSection("Security", typeof(ClusterTlsOptions), IsShared: true));
        ConfigurationNames.AddTo(services);
        services.AddOptions<QLearningClientOptions>()
            .Configure<IServiceProvider>((options, provider) =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                {
                    options.ConnectionString = configuration.GetConnectionString("QLearning");
                    configuration.GetSection(ClusterTlsRules.Section).Bind(options.Security);
                    configuration.GetSection("QLearning:Client").Bind(options);
                }

                configure?.Invoke(options);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<ClientInstruments>();
        services.TryAddSingleton<IClusterCalls, ClusterCalls>();
        services.TryAddSingleton<IQLearningClient, ClusterQLearningClient>();
        return services;
    }

    private static void Secure(
        ClientConnectionOptions connections, IOptions<QLearningClientOptions> options, RefusedPeers refused, TimeProvider time)
    {
        var tls = new ClusterTls(options.Value.Security, refused, time);
        if (tls.IsOn)
        {
            connections.ConfigureConnection(tls.Connect);
        }
    }

    // Read as it will be used: some keywords are only wrong together. Nothing connects.
    private static bool IsReadable(QLearningClientOptions options)
    {
        try
        {
            using var source = MembershipDataSource(options);
            return true;
        }
        catch (Exception error) when (
            error is ArgumentException or FormatException or InvalidOperationException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    // Asked every few seconds for a handful of rows: two connections are plenty.
    private static NpgsqlDataSource MembershipDataSource(QLearningClientOptions options) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "qlearning-client",
            MinPoolSize = 0,
            MaxPoolSize = 2,
        });
}
