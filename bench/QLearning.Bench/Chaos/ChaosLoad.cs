using QLearning.Abstractions;
using QLearning.Bench.Chaos.Roads;
using QLearning.Client;

namespace QLearning.Bench.Chaos;

/// <summary>Clients at work on all roads, which keep book of every call.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    private const int Clients = 2;
    private const string Settle = "update agent_types set metadata = $2::jsonb where agent_type = $1";

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _settleTimeout = TimeSpan.FromSeconds(60);

    private readonly List<QLearningClient> _clients = [];
    private readonly ChaosCluster _cluster;
    private readonly ChaosFace _face;
    private readonly double _pauseFactor;
    private readonly TimeProvider _time;
    private CancellationTokenSource? _stopping;
    private Task _working = Task.CompletedTask;
    private int _round;

    private ChaosLoad(ChaosCluster cluster, ChaosFace face, double pauseFactor, TimeProvider time)
    {
        (_cluster, _face, _pauseFactor, _time, Book) = (cluster, face, pauseFactor, time, new CallBook(time));
        AllTypes = [.. face.Roads.SelectMany(road => road.AgentTypes).Select(type => type.AgentType)];
    }

    /// <summary>The agent types of the plain road, which faults look at.</summary>
    public static IReadOnlyList<string> AgentTypes => PlainRoad.Types;

    /// <summary>The agent types of all roads.</summary>
    public IReadOnlyList<string> AllTypes { get; }

    /// <summary>The book of the run.</summary>
    public CallBook Book { get; }

    /// <summary>The time since the begin of the run.</summary>
    public TimeSpan Now => Book.Now;

    /// <summary>A client to ask with.</summary>
    public QLearningClient Client => _clients[0];

    /// <summary>Sets the agent types up, and connects the clients.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="face">The roads.</param>
    /// <param name="resendsNotDurable">Whether clients send again what was lost with a silo.</param>
    /// <param name="pauseFactor">How many times longer than each road says callers pause between two calls.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<ChaosLoad> ConnectAsync(
        ChaosCluster cluster,
        ChaosFace face,
        bool resendsNotDurable,
        double pauseFactor,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        foreach (var (agentType, settings) in face.Roads.SelectMany(road => road.AgentTypes))
        {
            await using var settle = cluster.Database.CreateCommand(Settle);
            settle.Parameters.AddWithValue(agentType);
            settle.Parameters.AddWithValue(settings);
            await settle.ExecuteNonQueryAsync(cancellationToken);
        }

        var load = new ChaosLoad(cluster, face, pauseFactor, time);
        for (var i = 0; i < Clients; i++)
        {
            load._clients.Add(await QLearningClient.ConnectAsync(
                cluster.ConnectionString, options => options.ResendNotDurable = resendsNotDurable, cancellationToken));
        }

        return load;
    }

    /// <summary>Begins to work.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scene = new RoadScene(_clients, _cluster, Book, _time, ++_round, _pauseFactor);
        _working = Task.WhenAll(_face.Roads.Select(road => Task.Run(() => road.RunAsync(scene, _stopping.Token), CancellationToken.None)));
    }

    /// <summary>Ends the work, waits until all of it is settled and stored, and gives the calls of the round.</summary>
    /// <exception cref="QLearningException">It was not settled in a minute.</exception>
    public async Task<IReadOnlyCollection<Call>> StopAsync(CancellationToken cancellationToken)
    {
        await EndAsync();
        var began = _time.GetTimestamp();
        while (Unsettled() is { Count: > 0 } unsettled)
        {
            if (_time.GetElapsedTime(began) > _settleTimeout)
            {
                throw new ClusterUnavailableException(
                    $"Clients still hold updates that are not durable a minute after the load has ended: {string.Join(", ", unsettled)}.");
            }

            await Task.Delay(_pause, _time, cancellationToken);
        }

        await Task.WhenAll(AllTypes.Select(type => Client.AgentType(type).FlushAsync(cancellationToken)));
        return Book.Take();
    }

    /// <summary>Ends the work.</summary>
    public async Task EndAsync()
    {
        await _stopping!.CancelAsync();
        await _working;
        _stopping.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private List<string> Unsettled() =>
    [
        .. from type in AllTypes
           from client in _clients
           let count = client.AgentType(type).NotDurableCount
           where count > 0
           select FormattableString.Invariant($"{count} of {type}"),
    ];
}
