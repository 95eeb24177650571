using System.Net.Sockets;

namespace QLearning.Silo;

/// <summary>
/// Keeps a free port from other silos of this machine between its choice and the moment in which it is listened on. On Linux it is a
/// socket whose name goes with its process, in the same network namespace as the port; elsewhere there is none.
/// </summary>
internal sealed class PortMark : IDisposable
{
    private readonly Socket? _socket;

    private PortMark(Socket? socket) => _socket = socket;

    /// <summary>Marks a port; null when another silo has marked it.</summary>
    public static PortMark? TryTake(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new PortMark(null);
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint($"\0qlearn-port-{port}"));
            return new PortMark(socket);
        }
        catch (SocketException error)
        {
            // Where such a name is forbidden, as a sandbox may, ports are chosen without marks.
            socket?.Dispose();
            return error.SocketErrorCode == SocketError.AddressAlreadyInUse ? null : new PortMark(null);
        }
    }

    public void Dispose() => _socket?.Dispose();
}
