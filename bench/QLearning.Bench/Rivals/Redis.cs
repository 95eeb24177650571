using System.Globalization;
using StackExchange.Redis;

namespace QLearning.Bench.Rivals;

/// <summary>A Redis server that keeps nothing on disk, with a connection for each caller: the fastest that Redis can be.</summary>
internal sealed class Redis : IAsyncDisposable
{
    private readonly RivalProcess _server;
    private readonly ConnectionMultiplexer[] _connections;

    private Redis(RivalProcess server, ConnectionMultiplexer[] connections) => (_server, _connections) = (server, connections);

    /// <summary>Starts it.</summary>
    /// <returns>Null when it is not installed.</returns>
    public static async Task<Redis?> StartAsync(int callers, CancellationToken cancellationToken)
    {
        var port = RivalProcess.FreePort();
        string[] arguments = ["--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--appendonly", "no"];
        if (await RivalProcess.StartAsync("redis-server", arguments, port, cancellationToken) is not { } server)
        {
            return null;
        }

        var connections = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true")));
        return new Redis(server, connections);
    }

    /// <summary>The connection of a caller.</summary>
    public IDatabase For(int caller) => _connections[caller % _connections.Length].GetDatabase();

    /// <summary>What the server says of its memory, in bytes.</summary>
    public async Task<long> UsedBytesAsync()
    {
        var memory = (RedisResult[])(await For(0).ExecuteAsync("MEMORY", "STATS"))!;
        for (var i = 0; i < memory.Length; i += 2)
        {
            if ((string?)memory[i] == "total.allocated")
            {
                return (long)memory[i + 1];
            }
        }

        throw new InvalidOperationException("Redis does not say how much memory it uses.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await _server.DisposeAsync();
    }
}
