using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Abstractions;
using QLearning.Postgres;
using QLearning.Silo.Health;
using QLearning.Silo.Shutdown;
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

    private readonly TimeSpan _stopLimit;

    private QLearningSilo(IHost host, SiloSettings settings, string connectionString, EmbeddedPostgres? postgres)
    {
        _host = host;
        _stopLimit = settings.ShutdownTimeout + ShutdownTimes.Limit;
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

    /// <summary>
    /// Where probes are answered, such as <c>http://10.0.0.7:8080</c>; null when <see cref="SiloSettings.HealthPort"/> is.
    /// </summary>
    public Uri? HealthUrl => _host.Services.GetService<HealthEndpoint>() is { } health ? new Uri($"http://{health.Endpoint}") : null;

    /// <summary>The silo's services, for code that runs inside it.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo; returns when it is active in its cluster.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="logging">Where it logs; null: nowhere.</param>
    /// <param name="configure">Changes the silo before it starts.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, a port is taken, or the data folder cannot be used.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL does not answer or did not start.</exception>
    /// <exception cref="DatabaseNewerException">The database was migrated by a newer program.</exception>
    /// <exception cref="DatabaseOutdatedException">A given database lacks migrations.</exception>
    public static async Task<QLearningSilo> StartAsync(
        SiloSettings settings,
        Action<ILoggingBuilder>? logging = null,
        Action<ISiloBuilder>? configure = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        logging ??= _ => { };
        var postgres = await OpenDatabaseAsync(settings, logging, cancellationToken);
        try
        {
            return await StartHostAsync(settings, postgres, logging, configure, cancellationToken);
        }
        catch
        {
            await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>Returns when the silo stops, be it by a signal to the process or because the cluster declared it dead.</summary>
    /// <param name="cancellationToken">Begins the stop.</param>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _host.WaitForShutdownAsync(cancellationToken);

    /// <summary>Flushes what waits, leaves the cluster, and stops the embedded PostgreSQL if no other process uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _host.StopAsync(CancellationToken.None).WaitAsync(_stopLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _host.Services.GetRequiredService<ILogger<QLearningSilo>>().StopTookTooLong(_stopLimit);
        }

        // The flush pump goes with the host's services: after the grains, before the database.
        await ((IAsyncDisposable)_host).DisposeAsync();
        await (_postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static async Task<EmbeddedPostgres?> OpenDatabaseAsync(
        SiloSettings settings, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging);
        var logger = loggers.CreateLogger<QLearningSilo>();
        if (settings.ConnectionString is { } given)
        {
            await SchemaCheck.RequireCurrentAsync(given, cancellationToken);
            return null;
        }

        var options = new EmbeddedPostgresOptions { Folder = settings.DataFolder, Fsync = settings.Fsync };
        var postgres = await EmbeddedPostgres.StartAsync(options, logger, TimeProvider.System, cancellationToken);
        try
        {
            await SchemaMigrator.MigrateAsync(postgres.ConnectionString, logger, cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    private static async Task<QLearningSilo> StartHostAsync(
        SiloSettings settings,
        EmbeddedPostgres? postgres,
        Action<ILoggingBuilder> logging,
        Action<ISiloBuilder>? configure,
        CancellationToken cancellationToken)
    {
        var connectionString = postgres?.ConnectionString ?? settings.ConnectionString!;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddEnvironmentVariables();
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        QLearningSiloBuilder.AddSilo(builder, settings, connectionString);
        if (configure is not null)
        {
            builder.UseOrleans(configure);
        }

        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new QLearningSilo(host, settings, connectionString, postgres);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
