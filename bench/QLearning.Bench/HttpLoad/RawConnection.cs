using System.Net.Sockets;
using System.Text;

namespace QLearning.Bench.HttpLoad;

/// <summary>
/// One kept connection that sends requests made before, and reads answers only as far as it must: a client library would cost more than the
/// server that is measured.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly byte[] _lastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        return connection;
    }

    /// <summary>A request as it is sent.</summary>
    public static byte[] Request(Uri server, string path, string body, string? key) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\n"
        + (key is null ? string.Empty : $"Authorization: Bearer {key}\r\n")
        + FormattableString.Invariant($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="InvalidOperationException">It was not 200.</exception>
    public async Task CallAsync(byte[] request)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += await _socket.SendAsync(request.AsMemory(sent), SocketFlags.None);
        }

        var read = 0;
        while (true)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(read), SocketFlags.None);
            read = count > 0 ? read + count : throw new InvalidOperationException("The server closed the connection.");
            if (IsWhole(_buffer.AsSpan(0, read)))
            {
                break;
            }
        }

        if (!_buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(_buffer, 0, Math.Min(read, 500)));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var length = answer[..end].IndexOf("Content-Length: "u8);
        if (length < 0)
        {
            return answer.EndsWith(_lastChunk);
        }

        _ = System.Buffers.Text.Utf8Parser.TryParse(answer[(length + 16)..], out int bytes, out _);
        return answer.Length >= end + 4 + bytes;
    }
}
