using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Silo;

namespace QLearning.TestingHost;

/// <summary>
/// A cluster for tests: silos in this process, on a database of its own. The database lies on the server that the environment variable
/// <c>QLEARNING_TEST_POSTGRES</c> names by a connection string, else on a private one, which all clusters of this process share; it starts
/// with the first of them and is gone, with its folder, when the process is.
/// </summary>
public sealed class QLearningTestCluster : IAsyncDisposable
{
    private const int MostSilos = 16;

    // The silos share the threads of this process: on a busy machine they may have none for seconds.
    private const int MissedProbes = 15;

    // Clients of tests notice at once when silos come and go.
    private static readonly TimeSpan _gatewayRefresh = TimeSpan.FromMilliseconds(200);

    private readonly QLearningTestClusterOptions _options;
    private readonly PrivateDatabase? _database;
    private readonly List<QLearningSilo> _silos = [];
    private QLearningClient? _client;

    private QLearningTestCluster(QLearningTestClusterOptions options, PrivateDatabase? database)
    {
        _options = options;
        _database = database;
        ConnectionString = database?.ConnectionString ?? options.ConnectionString!;
    }

    /// <summary>The connection string of its database, for SQL and for clients of your own.</summary>
    public string ConnectionString { get; }

    /// <summary>A client of the cluster, connected through a gateway as agents are.</summary>
    /// <exception cref="InvalidOperationException"><see cref="QLearningTestClusterOptions.ConnectClient"/> is false.</exception>
    public IQLearningClient Client => _client ?? throw new InvalidOperationException(
        "The cluster has no client: set QLearningTestClusterOptions.ConnectClient, and at least one of InitialSilos.");

    /// <summary>The silos that run, in the order of their start.</summary>
    public IReadOnlyList<QLearningSilo> Silos => _silos;

    /// <summary>Starts a cluster; returns when all silos are active and the client is connected.</summary>
    /// <param name="configure">Changes how it is made.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidInputException">An option is out of its range.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL was not found or does not answer.</exception>
    /// <exception cref="DatabaseOutdatedException">The database that an option names lacks migrations.</exception>
    public static async Task<QLearningTestCluster> StartAsync(
        Action<QLearningTestClusterOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new QLearningTestClusterOptions();
        configure?.Invoke(options);
        if (options.InitialSilos is < 0 or > MostSilos)
        {
            throw InvalidInputException.For("number of silos", options.InitialSilos, "it is out of its range", $"0 to {MostSilos}");
        }

        var database = options.ConnectionString is null ? await PrivateDatabase.CreateAsync(migrated: true) : null;
        var cluster = new QLearningTestCluster(options, database);
        try
        {
            await cluster.StartAllAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo; returns when it is active.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task<QLearningSilo> StartSiloAsync(CancellationToken cancellationToken = default)
    {
        var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = ConnectionString, HttpPort = _options.Http ? 0 : null, MissedProbes = MissedProbes },
            _options.ConfigureLogging,
            Configure,
            cancellationToken);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Stops a silo: it flushes what waits and leaves the cluster, as at the end of a process by SIGTERM.</summary>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <exception cref="InvalidOperationException">It is none of them.</exception>
    public async Task StopSiloAsync(QLearningSilo silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        if (!_silos.Remove(silo))
        {
            throw new InvalidOperationException("The silo is none of this cluster's, or it was stopped before.");
        }

        await silo.DisposeAsync();
    }

    /// <summary>Disconnects the client, stops all silos, and drops the database if the cluster made it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync();
        }

        while (_silos.Count > 0)
        {
            await StopSiloAsync(_silos[^1]);
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        for (var started = 0; started < _options.InitialSilos; started++)
        {
            await StartSiloAsync(cancellationToken);
        }

        if (_options.ConnectClient && _silos.Count > 0)
        {
            _client = await QLearningClient.ConnectAsync(ConnectionString, ConfigureClient, cancellationToken);
        }
    }

    private void Configure(ISiloBuilder silo)
    {
        if (_options.TimeProvider is { } time)
        {
            GivenClock.Use(silo, time);
        }

        _options.ConfigureSilo?.Invoke(silo);
    }

    private void ConfigureClient(QLearningClientOptions client)
    {
        client.GatewayListRefreshPeriod = _gatewayRefresh;
        _options.ConfigureClient?.Invoke(client);
    }
}
