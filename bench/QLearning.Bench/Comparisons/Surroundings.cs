using Npgsql;
using QLearning.Bench.Chaos;
using QLearning.Bench.Rivals;
using QLearning.Client;

namespace QLearning.Bench.Comparisons;

/// <summary>What the cases share: a PostgreSQL, a silo in a process of its own, a client, and those rivals that this machine has.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    /// <summary>How many connections the rivals have to PostgreSQL.</summary>
    public const int Connections = 18;

    private readonly ChaosCluster _cluster;
    private readonly BenchClient _client;
    private readonly BenchClient _plain;
    private readonly Action<string> _say;
    private PgBouncer? _pgBouncer;
    private RespServer? _redis;
    private RespServer? _garnet;
    private bool _isPgBouncerTried;
    private bool _isRedisTried;

    private Surroundings(ChaosCluster cluster, BenchClient client, BenchClient plain, Callers callers, Action<string> say)
    {
        (_cluster, _client, _plain, Callers, _say) = (cluster, client, plain, callers, say);
        Sql = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            MinPoolSize = Connections,
            MaxPoolSize = Connections,
            MaxAutoPrepare = 20,
            Timeout = 0,
        });
    }

    /// <summary>The callers of each turn.</summary>
    public Callers Callers { get; }

    /// <summary>The client as it is shipped.</summary>
    public IQLearningClient Client => _client.QLearning;

    /// <summary>A client that keeps nothing to send again.</summary>
    public IQLearningClient ClientWithoutResending => _plain.QLearning;

    /// <summary>The same cluster, for calls of Orleans alone.</summary>
    public IClusterClient Orleans => _client.Orleans;

    /// <summary>PostgreSQL through 18 pooled connections, as SQL programs use it.</summary>
    public NpgsqlDataSource Sql { get; }

    /// <summary>For another program of the same cluster.</summary>
    public string ConnectionString => _cluster.ConnectionString;

    /// <summary>PostgreSQL, to look at.</summary>
    public NpgsqlDataSource Database => _cluster.Database;

    public static async Task<Surroundings> StartAsync(Callers callers, Action<string> say, CancellationToken cancellationToken)
    {
        say("Starting PostgreSQL and a silo.");
        var cluster = await ChaosCluster.StartAsync(silos: 0, cancellationToken);
        try
        {
            await cluster.AddBenchSiloAsync(cancellationToken);
            var client = await BenchClient.ConnectAsync(cluster.ConnectionString, _ => { }, cancellationToken);
            var plain = await BenchClient.ConnectAsync(
                cluster.ConnectionString, options => options.ResendNotDurable = false, cancellationToken);
            return new Surroundings(cluster, client, plain, callers, say);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Redis; null when this machine has none, which is said once.</summary>
    public async Task<RespServer?> FindRedisAsync(CancellationToken cancellationToken)
    {
        if (!_isRedisTried)
        {
            _redis = await RespServer.StartRedisAsync(Connections, cancellationToken);
            SayIfMissing(_redis, "Redis", "redis-server");
        }

        _isRedisTried = true;
        return _redis;
    }

    /// <summary>Garnet, and Redis if this machine has it.</summary>
    public async Task<RespServer[]> StartRespServersAsync(CancellationToken cancellationToken)
    {
        _garnet ??= await RespServer.StartGarnetAsync(Connections, cancellationToken);
        return await FindRedisAsync(cancellationToken) is { } redis ? [redis, _garnet] : [_garnet];
    }

    /// <summary>PgBouncer; null when this machine has none, which is said once.</summary>
    public async Task<PgBouncer?> FindPgBouncerAsync(CancellationToken cancellationToken)
    {
        if (!_isPgBouncerTried)
        {
            _pgBouncer = await PgBouncer.StartAsync(ConnectionString, Connections, cancellationToken);
            SayIfMissing(_pgBouncer, "PgBouncer", "pgbouncer");
        }

        _isPgBouncerTried = true;
        return _pgBouncer;
    }

    public async ValueTask DisposeAsync()
    {
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_garnet?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_pgBouncer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Sql.DisposeAsync();
        await _plain.DisposeAsync();
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private void SayIfMissing(object? rival, string name, string program)
    {
        if (rival is null)
        {
            _say($"{name} does not take part: the program '{program}' was not found.");
        }
    }
}
