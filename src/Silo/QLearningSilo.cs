using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Abstractions;
using QLearning.Http;
using QLearning.Mcp;
using QLearning.Silo.Configuration;
using QLearning.Silo.Health;
using QLearning.Silo.Http;
using QLearning.Silo.Membership;
using QLearning.Silo.Shutdown;
using QLearning.Silo.Telemetry;

namespace QLearning.Silo;

/// <summary>
/// A running silo with its database: the embedded default, which it starts, migrates and stops, or a server that is given, whose schema
/// must be up to date.
/// </summary>
public sealed class QLearningSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly SiloDatabase _database;
    private readonly TimeSpan _stopLimit;

    private QLearningSilo(IHost host, SiloSettings settings, SiloDatabase database)
    {
        _host = host;
        _stopLimit = settings.ShutdownTimeout + ShutdownTimes.Limit;
        _database = database;
        var endpoints = host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        (SiloPort, GatewayPort) = (endpoints.SiloPort, endpoints.GatewayPort);
    }

    /// <summary>The database of the cluster; clients connect with it.</summary>
    public string ConnectionString => _database.ConnectionString;

    /// <summary>The address of the database for psql; null when the server is not the embedded one.</summary>
    public string? PostgresUrl => _database.Embedded?.Url;

    /// <summary>The TCP port for other silos.</summary>
    public int SiloPort { get; }

    /// <summary>The TCP port for clients.</summary>
    public int GatewayPort { get; }

    /// <summary>
    /// Where HTTP is answered, such as <c>http://10.0.0.7:8080</c>; null when <see cref="SiloSettings.HttpPort"/> is.
    /// </summary>
    public Uri? HttpUrl => HttpAddress.UrlOf(_host.Services);

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
        var database = new SiloDatabase(settings);
        try
        {
            return await StartAsync(settings, database, logging ?? (_ => { }), configure, cancellationToken);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Checks settings and the configuration as a start does, and neither starts nor creates anything.</summary>
    /// <param name="settings">How a silo is to run.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed.</exception>
    /// <exception cref="OptionsValidationException">An option of the configuration is not allowed.</exception>
    public static async Task CheckAsync(SiloSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        await using var database = new SiloDatabase(settings);
        await using var host = Build(settings, database, _ => { }, configure: null);
        CheckOptions(host.Services);
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
        await _database.DisposeAsync();
    }

    private static async Task<QLearningSilo> StartAsync(
        SiloSettings settings,
        SiloDatabase database,
        Action<ILoggingBuilder> logging,
        Action<ISiloBuilder>? configure,
        CancellationToken cancellationToken)
    {
        var host = Build(settings, database, logging, configure);
        try
        {
            // Before anything is created or changed.
            CheckOptions(host.Services);
            await database.OpenAsync(host.Services.GetRequiredService<ILogger<QLearningSilo>>(), cancellationToken);
            await host.Services.GetRequiredService<DeadSilos>().DeclareAsync(cancellationToken);
            await host.StartAsync(cancellationToken);
            // They are listened on now.
            host.Services.GetRequiredService<ChosenPorts>().Dispose();
            return new QLearningSilo(host, settings, database);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(
        SiloSettings settings, SiloDatabase database, Action<ILoggingBuilder> logging, Action<ISiloBuilder>? configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        SiloConfiguration.AddTo(builder.Configuration);
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        builder.Services.AddSystemd();
        QLearningSiloBuilder.AddSilo(builder, settings, database);
        if (configure is not null)
        {
            builder.UseOrleans(configure);
        }

        var web = builder.Build();
        web.UseQLearningHttp();
        web.MapQLearningMcp();
        HealthEndpoints.Map(web);
        SiloTelemetry.Map(web, settings);
        return web;
    }

    private static void CheckOptions(IServiceProvider services) =>
        SiloConfiguration.Read(() => services.GetService<IStartupValidator>()?.Validate());
}
