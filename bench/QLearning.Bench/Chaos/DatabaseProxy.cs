using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace QLearning.Bench.Chaos;

/// <summary>
/// Relays between silos and PostgreSQL. On demand it cuts the connection of a flush when its request has gone through and its answer comes
/// back, so that the silo cannot know whether it was committed.
/// </summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private static readonly byte[] _flushMark = Encoding.UTF8.GetBytes("q_table_owners o set watermark");

    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private int _cutsLeft;
    private int _cuts;

    public DatabaseProxy(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port) = (server.Host!, server.Port);
        _listener.Start();
        ConnectionString = Through(connectionString, IPAddress.Loopback.ToString());
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string that leads through it.</summary>
    public string ConnectionString { get; }

    /// <summary>How many flushes lost their answers.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The connection string that leads through it from elsewhere.</summary>
    public string Through(string connectionString, string address)
    {
        var through = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = address,
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        return through.ConnectionString;
    }

    /// <summary>Cuts the answers of the next flushes.</summary>
    public void CutAnswers(int count) => Volatile.Write(ref _cutsLeft, count);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the relay.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(_host, _port, _stopping.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            var (flush, mark) = (new FlushFlag(), new StatementMark(_flushMark));
            await Task.WhenAny(
                CopyAsync(client, server, request => flush.Note(mark.IsRun(request.Span))),
                CopyAsync(server, client, _ => flush.Take() && TakeCut()));
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // The server is away: the silo learns of it by its lost connection.
        }
        finally
        {
            client.Dispose();
        }
    }

    /// <param name="from">Where bytes come from.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="isEnd">Sees them first; true: the connection ends before they go on.</param>
    private async Task CopyAsync(TcpClient from, TcpClient to, Func<ReadOnlyMemory<byte>, bool> isEnd)
    {
        var buffer = new byte[64 << 10];
        try
        {
            var (source, target) = (from.GetStream(), to.GetStream());
            for (int read; (read = await source.ReadAsync(buffer, _stopping.Token)) > 0;)
            {
                if (isEnd(buffer.AsMemory(0, read)))
                {
                    return;
                }

                await target.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Either end is gone.
        }
    }

    private bool TakeCut()
    {
        if (Interlocked.Decrement(ref _cutsLeft) < 0)
        {
            Volatile.Write(ref _cutsLeft, 0);
            return false;
        }

        Interlocked.Increment(ref _cuts);
        return true;
    }

    /// <summary>Whether an unanswered request is a flush, which may come in several reads.</summary>
    private sealed class FlushFlag
    {
        private volatile bool _isSet;

        public bool Note(bool isFlush)
        {
            _isSet |= isFlush;
            return false;
        }

        public bool Take()
        {
            var wasSet = _isSet;
            _isSet = false;
            return wasSet;
        }
    }
}
