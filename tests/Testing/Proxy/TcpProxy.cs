using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace QLearning.Testing;

/// <summary>
/// A relay between a program and PostgreSQL that can be cut and mended: while it is closed every connection through it is reset, old ones
/// and new ones, as if the server were gone. What had reached the server before the cut goes on there.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Lock _gate = new();
    private readonly EndPoint _server;
    private readonly Task _accepting;
    private readonly StringBuilder _held = new();
    private bool _isClosed;
    private TaskCompletionSource? _hang;
    private string? _hangFrom;

    /// <summary>Starts an open relay to the server of a connection string.</summary>
    /// <param name="connectionString">Where the server answers.</param>
    public TcpProxy(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        _server = builder.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint(Path.Combine(builder.Host, $".s.PGSQL.{builder.Port}"))
            : new DnsEndPoint(builder.Host, builder.Port);
        _listener.Start();
        builder.Host = IPAddress.Loopback.ToString();
        builder.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string that leads through the relay.</summary>
    public string ConnectionString { get; }

    /// <summary>What was sent since <see cref="Hang(string?)"/>, either way.</summary>
    public string Held
    {
        get
        {
            lock (_gate)
            {
                return _held.ToString();
            }
        }
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
    /// Swallows all that is sent until <see cref="Open"/>, as a network that drops packets: connections stay, new ones are taken, and nothing answers.
    /// </summary>
    /// <param name="from">Begins with the first message that has this text; null: at once.</param>
    public void Hang(string? from = null)
    {
        lock (_gate)
        {
            _hangFrom = from;
            _hang = from is null ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : _hang;
        }
    }

    /// <summary>Lets new connections through again, and those that hang go on.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isClosed = false;
            _hang?.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        Open();
        Close();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
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
                await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
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

    private Task PassAsync(ReadOnlyMemory<byte> sent)
    {
        lock (_gate)
        {
            if (_hangFrom is null && _hang is not { Task.IsCompleted: false })
            {
                return Task.CompletedTask;
            }

            var text = Encoding.UTF8.GetString(sent.Span);
            if (_hangFrom is { } from && text.Contains(from, StringComparison.Ordinal))
            {
                (_hangFrom, _hang) = (null, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            if (_hang is not { Task: { IsCompleted: false } hang })
            {
                return Task.CompletedTask;
            }

            _held.Append(text);
            return hang;
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[8192];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                await PassAsync(buffer.AsMemory(0, read));
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Either end is gone.
        }
    }
}
