using System.Net;
using System.Net.Sockets;

namespace QLearning.Silo.Tests;

/// <summary>Silos that start at the same time on one machine must not choose the same free port.</summary>
public sealed class PortTests
{
    [Fact]
    public void A_free_port_that_one_silo_has_chosen_is_not_chosen_by_another_until_the_first_listens_on_it()
    {
        var first = Ports.Choose(IPAddress.Loopback, (0, "silo", false));
        Assert.Null(Again(first[0]));
        first.Dispose();
        var second = Again(first[0]);
        Assert.Equal(first[0], second);
    }

    [Fact]
    public void A_port_that_is_listened_on_is_neither_chosen_nor_marked()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var marks = new List<PortMark>();
        Assert.Null(Ports.TryListenAtRandom(IPAddress.Loopback, marks, port, port));
        Assert.Empty(marks);
        using var mark = PortMark.TryTake(port);
        Assert.NotNull(mark);
    }

    private static int? Again(int port)
    {
        var marks = new List<PortMark>();
        using var listener = Ports.TryListenAtRandom(IPAddress.Loopback, marks, port, port);
        marks.ForEach(mark => mark.Dispose());
        return (listener?.LocalEndpoint as IPEndPoint)?.Port;
    }
}
