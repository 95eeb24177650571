using System.Net.Sockets;

namespace QLearning.Testing.Proxy;

/// <summary>One connection through a relay.</summary>
internal sealed class ProxyConnection(Socket client, Socket server, ProxyRule rule, HoldPoint hold)
{
    private const int BufferBytes = 64 << 10;

    private volatile bool _isDetached;

    /// <summary>Returns when either end has hung up or the rule ends the connection.</summary>
    public async Task RunAsync()
    {
        foreach (var socket in new[] { client, server }.Where(socket => socket.ProtocolType == ProtocolType.Tcp))
        {
            socket.NoDelay = true;
        }

        var (requests, answers) = (
            CopyAsync(client, server, bytes => rule.Request(bytes, SendToServerAsync)),
            CopyAsync(server, client, rule.Answer));
        await Task.WhenAny(requests, answers);
        if (_isDetached)
        {
            await answers;
        }
    }

    private Task SendToServerAsync(ReadOnlyMemory<byte> bytes) => SendAsync(server, bytes);

    private async Task CopyAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, Passage> decide)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                var bytes = buffer.AsMemory(0, read);
                await hold.PassAsync(bytes);
                switch (decide(bytes))
                {
                    case Passage.End:
                        return;
                    case Passage.Detach:
                        _isDetached = true;
                        client.Dispose();
                        return;
                    case Passage.Pass when !_isDetached:
                        await SendAsync(to, bytes);
                        break;
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Either end is gone.
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }
}
