using System.Net;
using System.Net.Sockets;
using QLearning.Abstractions;

namespace QLearning.Silo;

/// <summary>Finds free TCP ports, and says clearly when a wanted one is taken.</summary>
internal static class Ports
{
    /// <summary>Reserves a port while others are chosen, so that the same one is not found twice.</summary>
    public static (int Silo, int Gateway) Choose(IPAddress address, int silo, int gateway)
    {
        using var first = Listen(address, silo, "silo");
        using var second = Listen(address, gateway, "gateway");
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private static TcpListener Listen(IPAddress address, int port, string what)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw InvalidInputException.For(
                $"{what} port", $"{address}:{port}", $"it cannot be listened on ({error.Message})", "a free port of this machine, or 0 for any");
        }
    }
}
