using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace QLearning.Testing.Proxy;

/// <summary>
/// A relay between a program and PostgreSQL that can be cut and mended: while it is closed every connection through it is reset, old ones
/// and new ones, as if the server were gone. What had reached the server before the cut goes on there. A rule may end single connections.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private readonly EndPoint _server;
    private readonly string _connectionString;
    private readonly Func<ProxyRule> _rules;
    private readonly HoldPoint _hold = new();
    private readonly Task _accepting;
    private bool _isClosed;

    /// <summary>Starts an open relay to the server of a connection string.</summary>
    /// <param name="connectionString">Where the server answers.</param>
    /// <param name="rules">Makes the rule of each connection; null: all is passed on.</param>
    /// <param name="listen">The address it is reached by; null: the loopback.</param>
    /// <param name="port">The port it is reached by; 0: any.</param>
    public TcpProxy(string connectionString, Func<ProxyRule>? rules = null, IPAddress? listen = null, int port = 0)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        _server = server.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint(Path.Combine(server.Host, $".s.PGSQL.{server.Port}"))
            : new DnsEndPoint(server.Host, server.Port);
        _connectionString = connectionString;
        _rules = rules ?? (() => new ProxyRule());
        _listener = new TcpListener(listen ?? IPAddress.Loopback, port);
        _listener.Start();
        ConnectionString = Through(IPAddress.Loopback.ToString());
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string that leads through the relay.</summary>
    public string ConnectionString { get; }

    /// <summary>What was sent since <see cref="Hang(string?)"/>, either way.</summary>
    public string Held => _hold.Held;

    /// <summary>The connection string that leads through the relay from elsewhere.</summary>
    /// <param name="address">By which address it is reached from there.</param>
    public string Through(string address)
    {
        var through = new NpgsqlConnectionStringBuilder(_connectionString)
        {
            Host = address,
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            // Rules read what is sent.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        return through.ConnectionString;
    }

    /// <summary>Cuts all connections and lets none through until <see cref="Open"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var socket in _sockets)
            {
                Reset(socket);
            }

            _sockets.Clear();
        }
    }

    /// <summary>
    /// Swallows all that is sent until <see cref="Open"/>, as a network that drops packets: connections stay, new ones are taken, and
    /// nothing answers.
    /// </summary>
    /// <param name="from">Begins with the first message that has this text; null: at once.</param>
    public void Hang(string? from = null) => _hold.Begin(from);

    /// <summary>Lets new connections through again, and those that hang go on.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isClosed = false;
        }

        _hold.End();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        // What hangs does not reach the server any more.
        Close();
        _hold.End();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }
        catch (ObjectDisposedException)
        {
            // Its connection ends just now.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the relay.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, _server is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (!TryKeep(client))
            {
                return;
            }

            await server.ConnectAsync(_server);
            if (TryKeep(server))
            {
                await new ProxyConnection(client, server, _rules(), _hold).RunAsync();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The server is gone, or the relay was closed meanwhile: the client learns of it by its lost connection.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }

            client.Dispose();
        }
    }

    /// <summary>Remembers a socket for <see cref="Close"/>; while closed it resets it instead.</summary>
    private bool TryKeep(Socket socket)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                Reset(socket);
                return false;
            }

            return _sockets.Add(socket);
        }
    }
}
