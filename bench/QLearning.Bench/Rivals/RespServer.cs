using System.Globalization;
using StackExchange.Redis;

namespace QLearning.Bench.Rivals;

/// <summary>
/// A server that speaks Redis' protocol and keeps nothing on disk, with a connection for each caller: the fastest that it can be.
/// </summary>
internal sealed class RespServer : IAsyncDisposable
{
    private readonly RivalProcess _server;
    private readonly ConnectionMultiplexer[] _connections;

    private RespServer(string name, RivalProcess server, ConnectionMultiplexer[] connections) =>
        (Name, _server, _connections) = (name, server, connections);

    /// <summary>Its name in the table.</summary>
    public string Name { get; }

    /// <summary>Starts Redis.</summary>
    /// <returns>Null when it is not installed.</returns>
    public static Task<RespServer?> StartRedisAsync(int callers, CancellationToken cancellationToken) => StartAsync(
        "Redis",
        "redis-server",
        port => ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"],
        callers,
        cancellationToken);

    /// <summary>Starts Garnet, which comes along as a package.</summary>
    public static async Task<RespServer> StartGarnetAsync(int callers, CancellationToken cancellationToken) =>
        (await StartAsync("Garnet", "dotnet", port => [BenchProgram.Path, GarnetCommand.Name, port], callers, cancellationToken))!;

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

        throw new InvalidOperationException($"{Name} does not say how much memory it uses.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    private static async Task<RespServer?> StartAsync(
        string name, string program, Func<string, string[]> arguments, int callers, CancellationToken cancellationToken)
    {
        var port = RivalProcess.FreePort();
        var given = arguments(port.ToString(CultureInfo.InvariantCulture));
        if (await RivalProcess.StartAsync(program, given, port, cancellationToken) is not { } server)
        {
            return null;
        }

        var connections = await Task.WhenAll(
            Enumerable.Range(0, callers).Select(_ => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},allowAdmin=true")));
        return new RespServer(name, server, connections);
    }
}
