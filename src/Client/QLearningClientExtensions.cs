using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using QLearning.Client.Connection;
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

        services.AddOptions<QLearningClientOptions>()
            .Configure<IServiceProvider>((options, provider) =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                {
                    options.ConnectionString = configuration.GetConnectionString("QLearning");
                    configuration.GetSection("QLearning:Client").Bind(options);
                }

                configure?.Invoke(options);
            })
            .ValidateDataAnnotations()
            // Without the cause, which may quote any part of the string, even of the password.
            .Validate(
                options => options.ConnectionString is null || IsReadable(options),
                "The ConnectionString cannot be read. Expected: keywords such as Host=...;Port=...;Database=...;Username=..., "
                + "and in quotes each value that holds a semicolon.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton(
            MembershipPool, (provider, _) => MembershipDataSource(provider.GetRequiredService<IOptions<QLearningClientOptions>>().Value));
        services.AddMetrics();
        services.TryAddSingleton<ClientInstruments>();
        services.TryAddSingleton<IClusterCalls, ClusterCalls>();
        services.TryAddSingleton<IQLearningClient, ClusterQLearningClient>();
        services.AddOrleansClient(client =>
        {
            client.UseAdoNetClustering(clustering => clustering.Configure<IServiceProvider>((adoNet, provider) =>
                (adoNet.Invariant, adoNet.DataSource) = (Invariant, provider.GetRequiredKeyedService<NpgsqlDataSource>(MembershipPool))));
            client.UseConnectionRetryFilter<ConnectionRetry>();
            client.Services.AddOptions<ClusterOptions>().Configure<IOptions<QLearningClientOptions>>((cluster, options) =>
                (cluster.ClusterId, cluster.ServiceId) = (options.Value.ClusterId, options.Value.ServiceId));
            client.Services.AddOptions<ClientMessagingOptions>().Configure<IOptions<QLearningClientOptions>>((messaging, options) =>
                messaging.ResponseTimeout = options.Value.ResponseTimeout);
            client.Services.AddOptions<GatewayOptions>().Configure<IOptions<QLearningClientOptions>>((gateway, options) =>
                gateway.GatewayListRefreshPeriod = options.Value.GatewayListRefreshPeriod);
        });
        return services;
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
