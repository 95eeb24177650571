using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Abstractions;

namespace QLearning.Silo;

/// <summary>Finds free TCP ports, and says clearly when a wanted one is taken.</summary>
internal static class Ports
{
    // Free ports are chosen at random from below those that the system gives to whoever asks for any. It gives those in turn, so two silos
    // that start at the same time could get the same one: it is free again between the choice and the start, but for its mark.
    private const int LowestRandom = 10_000;
    private const int HighestRandom = 31_999;
    private const int MostTries = 20;

    /// <summary>
    /// Refuses a wanted port that is taken now, and chooses when the ports are first asked for: late, so that nobody takes free ones while
    /// the database starts. Whoever has listened on them finds them in the services and disposes of their marks.
    /// </summary>
    public static Lazy<ChosenPorts> ChooseLate(
        IServiceCollection services, IPAddress address, params (int Port, string What, bool MayDiffer)[] wanted)
    {
        Choose(address, wanted).Dispose();
        var ports = new Lazy<ChosenPorts>(() => Choose(address, wanted));
        services.AddSingleton(_ => ports.Value);
        return ports;
    }

    /// <summary>Chooses ports; each stays reserved while the others are chosen, so that the same one is not found twice.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="wanted">
    /// Each wanted port, 0 for any free one, what it is for, and whether a free one is taken when it is not free: tried at once, since
    /// another silo that starts at the same time tries it too.
    /// </param>
    public static ChosenPorts Choose(IPAddress address, params (int Port, string What, bool MayDiffer)[] wanted)
    {
        var listeners = new List<TcpListener>();
        var marks = new List<PortMark>();
        try
        {
            foreach (var (port, what, mayDiffer) in wanted)
            {
                listeners.Add(Listen(address, port, what, mayDiffer, marks));
            }

            return new ChosenPorts([.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)], marks);
        }
        catch
        {
            marks.ForEach(mark => mark.Dispose());
            throw;
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Listens at a random port that is free and not marked, and marks it.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="marks">Gets the mark.</param>
    /// <param name="lowest">The lowest port.</param>
    /// <param name="highest">The highest port.</param>
    /// <returns>Null when none was found.</returns>
    internal static TcpListener? TryListenAtRandom(
        IPAddress address, List<PortMark> marks, int lowest = LowestRandom, int highest = HighestRandom)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(lowest, highest + 1);
            if (PortMark.TryTake(port) is not { } mark)
            {
                continue;
            }

            try
            {
                var listener = Listen(address, port);
                marks.Add(mark);
                return listener;
            }
            catch (SocketException)
            {
                // It is taken, or nothing can be listened on there: then the system's own choice fails too, and says why.
                mark.Dispose();
            }
        }

        return null;
    }

    private static TcpListener Listen(IPAddress address, int port, string what, bool mayDiffer, List<PortMark> marks)
    {
        if (port == 0 && TryListenAtRandom(address, marks) is { } free)
        {
            return free;
        }

        try
        {
            return Listen(address, port);
        }
        catch (SocketException error)
        {
            if (mayDiffer)
            {
                return Listen(address, 0, what, mayDiffer: false, marks);
            }

            var refusal = InvalidInputException.For(
                $"{what} port", $"{address}:{port}", $"it cannot be listened on ({error.Message})",
                "a free port of this machine, or 0 for any");
            throw new InvalidInputException(refusal.Message, error);
        }
    }

    private static TcpListener Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
    }
}
