using System.Net;
using System.Net.Sockets;
using QLearning.Abstractions;

namespace QLearning.Silo;

/// <summary>Finds free TCP ports, and says clearly when a wanted one is taken.</summary>
internal static class Ports
{
    /// <summary>Chooses ports; each stays reserved while the others are chosen, so that the same one is not found twice.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="wanted">Each wanted port, 0 for any free one, and what it is for.</param>
    public static int[] Choose(IPAddress address, params (int Port, string What)[] wanted)
    {
        var listeners = new List<TcpListener>();
        try
        {
            foreach (var (port, what) in wanted)
            {
                listeners.Add(Listen(address, port, what));
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Whether a port can be listened on now.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port.</param>
    public static bool IsFree(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
                $"{what} port", $"{address}:{port}", $"it cannot be listened on ({error.Message})",
                "a free port of this machine, or 0 for any");
        }
    }
}
