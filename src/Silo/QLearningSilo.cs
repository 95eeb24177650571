using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Abstractions;
using QLearning.Storage.Embedded;
using QLearning.Storage.Migrations;

namespace QLearning.Silo;

/// <summary>
/// A running silo with its database: the embedded default, which it starts, migrates and stops, or a server that is given, whose schema
/// must be up to date.
/// </summary>
public sealed class QLearningSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EmbeddedPostgres? _postgres;

    private QLearningSilo(IHost host, string connectionString, EmbeddedPostgres? postgres)
    {
        _host = host;
        _postgres = postgres;
        ConnectionString = connectionString;
        var endpoints = host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        (SiloPort, GatewayPort) = (endpoints.SiloPort, endpoints.GatewayPort);
    }

    /// <summary>The database of the cluster; clients connect with it.</summary>
    public string ConnectionString { get; }

    /// <summary>The address of the database for psql; null when the server is not the embedded one.</summary>
    public string? PostgresUrl => _postgres?.Url;

    /// <summary>The TCP port for other silos.</summary>
    public int SiloPort { get; }

    /// <summary>The TCP port for clients.</summary>
    public int GatewayPort { get; }

    /// <summary>The silo's services, for code that runs inside it.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo; returns when it is active in its cluster.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="configure">Changes the host before it is built: logging, configuration sources, services.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, a port is taken, or the data folder cannot be used.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL does not answer or did not start.</exception>
    /// <exception cref="DatabaseNewerException">The database was migrated by a newer program.</exception>
    /// <exception cref="DatabaseOutdatedException">A given database lacks migrations.</exception>
    public static async Task<QLearningSilo> StartAsync(
        SiloSettings settings, Action<HostApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddEnvironmentVariables();
        configure?.Invoke(builder);
        using var loggers = new ServiceCollection().AddSingleton(builder.Services.BuildServiceProvider().GetRequiredService<ILoggerFactory>()).BuildServiceProvider();
        var logger = loggers.GetRequiredService<ILoggerFactory>().CreateLogger<QLearningSilo>();
        EmbeddedPostgres? postgres = null;
        IHost? host = null;
        try
        {
            postgres = await OpenDatabaseAsync(settings, logger, cancellationToken);
            var connectionString = postgres?.ConnectionString ?? settings.ConnectionString!;
            QLearningSiloBuilder.AddSilo(builder, settings, connectionString);
            host = builder.Build();
            await host.StartAsync(cancellationToken);
            return new QLearningSilo(host, connectionString, postgres);
        }
        catch
        {
            host?.Dispose();
            await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }
}
