using System.Net;
using System.Net.Sockets;
using Npgsql;
using QLearning.Bench.Chaos;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Forwards bytes between Npgsql and PostgreSQL, and cuts the connection of a flush at a chosen moment.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    /// <summary>The mark of a commit. With its end: a transaction begins with READ COMMITTED, which has the word too.</summary>
    public const string Commit = "COMMIT\0";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private readonly byte[] _mark;
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _clients = [];
    private readonly TaskCompletionSource<(NetworkStream Server, byte[] Request)> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _heldAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private Cut _next;
    private int _cuts;

    /// <summary>Starts to listen.</summary>
    /// <param name="connectionString">The server.</param>
    /// <param name="mark">What the flushes to cut have in their SQL.</param>
    public CuttingProxy(string connectionString, string mark)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port, _mark) = (builder.Host!, builder.Port, System.Text.Encoding.UTF8.GetBytes(mark));
        _listener.Start();
        (builder.Host, builder.Port, builder.SslMode) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, SslMode.Disable);
        builder.GssEncryptionMode = GssEncryptionMode.Disable;
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts the next flush, once.</summary>
    public void CutNext(Cut cut)
    {
        lock (_gate)
        {
            _next = cut;
        }
    }

    /// <summary>Gives a held request to the server and waits until the server has answered it.</summary>
    public async Task ForwardHeldAsync()
    {
        var (server, request) = await _held.Task.WaitAsync(Eventually.DefaultDeadline);
        await server.WriteAsync(request);
        await _heldAnswered.Task.WaitAsync(Eventually.DefaultDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        lock (_gate)
        {
            _clients.ForEach(client => client.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var (client, server) = (await _listener.AcceptTcpClientAsync(), new TcpClient());
                await server.ConnectAsync(_host, _port);
                lock (_gate)
                {
                    _clients.AddRange([client, server]);
                }

                _ = ForwardAsync(client, server);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task ForwardAsync(TcpClient client, TcpClient server)
    {
        var link = new Link(client.GetStream(), server.GetStream());
        try
        {
            await await Task.WhenAny(SendRequestsAsync(link), SendAnswersAsync(link));
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException)
        {
            // Either end hung up.
        }

        client.Dispose();
        if (link.Cut != Cut.Hold)
        {
            server.Dispose();
        }
    }

    private async Task SendRequestsAsync(Link link)
    {
        var mark = new StatementMark(_mark);
        var buffer = new byte[64 << 10];
        for (int read; (read = await link.Client.ReadAsync(buffer)) > 0;)
        {
            var request = buffer.AsMemory(0, read);
            link.Cut = mark.IsRun(request.Span) ? TakeCut() : Cut.None;
            if (link.Cut == Cut.Hold)
            {
                _held.SetResult((link.Server, request.ToArray()));
            }

            if (link.Cut is Cut.Hold or Cut.Request)
            {
                return;
            }

            await link.Server.WriteAsync(request);
        }
    }

    private async Task SendAnswersAsync(Link link)
    {
        var buffer = new byte[64 << 10];
        for (int read; (read = await link.Server.ReadAsync(buffer)) > 0;)
        {
            if (link.Cut == Cut.Hold)
            {
                _heldAnswered.TrySetResult();
                return;
            }

            if (link.Cut == Cut.Answer)
            {
                return;
            }

            await link.Client.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private Cut TakeCut()
    {
        lock (_gate)
        {
            var cut = _next;
            _next = Cut.None;
            _cuts += cut == Cut.None ? 0 : 1;
            return cut;
        }
    }

    private sealed class Link(NetworkStream client, NetworkStream server)
    {
        private volatile Cut _cut;

        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public Cut Cut
        {
            get => _cut;
            set => _cut = value;
        }
    }
}
