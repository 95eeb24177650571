using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using QLearning.Client.Security;

namespace QLearning.Silo.Tests.Security;

/// <summary>With certificates, silos talk only with silos and clients of the same authority, and say what others have to set.</summary>
public sealed class ClusterTlsTests(TlsCluster cluster) : IClassFixture<TlsCluster>
{
    private const string Certificate = "QLearning:Security:ClusterCertificateFile";
    private const string Authority = "QLearning:Security:ClusterAuthorityFile";

    private static readonly TimeSpan _shortly = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Silos_and_clients_of_one_authority_learn_together()
    {
        await using var client = await cluster.ConnectAsync(cluster.Ours.ForClient());
        await AreTwoAsync();
        foreach (var type in await client.GetAgentTypesAsync())
        {
            // Their grains are on either silo, so that calls go from silo to silo.
            await cluster.First.LearnAsync(type.AgentType, "s");
            Assert.Equal(1, await cluster.Second.VisitsAsync(type.AgentType, "s"));
            Assert.Equal(1, (await client.AgentType(type.AgentType).GetBestActionAsync(StateKey.Parse("s")))!.VisitCount);
        }
    }

    [Fact]
    public async Task A_certificate_of_an_authority_below_is_taken_with_that_ones_own_and_refused_without()
    {
        await cluster.WithLogsAsync(async () =>
        {
            await using var third = await cluster.StartAsync(cluster.Below.ForSilo("third"), cluster.Logs);
            await using var client = await cluster.ConnectAsync(cluster.Below.ForClient("worker"));
            await third.LearnAsync("test-generator", "below");
            Assert.Equal(1, (await client.AgentType("test-generator").GetBestActionAsync(StateKey.Parse("below")))!.VisitCount);
        });

        var alone = cluster.Below.ForClient("alone");
        var file = await File.ReadAllTextAsync(alone.ClusterCertificateFile!);
        await File.WriteAllTextAsync(alone.ClusterCertificateFile!, file[..file.LastIndexOf("-----BEGIN", StringComparison.Ordinal)]);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => cluster.ConnectAsync(alone, _shortly));
        Assert.Contains(Certificate, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused_and_told_the_options()
    {
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.ConnectAsync(null, _shortly));
        Assert.Contains($"mutual TLS, set {Certificate} and {Authority}", error.Message, StringComparison.Ordinal);
        await Eventually.Holds(() => TlsCluster.Refusals(cluster.Logs).Any(message =>
            message.Contains("shows no certificate, or does not speak TLS", StringComparison.Ordinal)
            && message.Contains(Certificate, StringComparison.Ordinal)), "the warning");
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused_and_told_the_option()
    {
        var wrong = cluster.Other.ForClient("stranger");
        wrong.ClusterAuthorityFile = cluster.BothAuthorities();
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.ConnectAsync(wrong, _shortly));
        Assert.Contains($"set {Certificate} to one of the cluster's authority", error.Message, StringComparison.Ordinal);
        Assert.Contains(wrong.ClusterCertificateFile!, error.Message, StringComparison.Ordinal);
        await Eventually.Holds(() => TlsCluster.Refusals(cluster.Logs).Any(message =>
            message.Contains("'CN=stranger' of 'CN=other' is not allowed", StringComparison.Ordinal)), "the warning");
    }

    [Fact]
    public async Task A_client_whose_handshake_is_cut_off_is_told_all_that_may_be_wrong_and_not_that_it_refused_anybody()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        using var stop = new CancellationTokenSource();
        var cutting = CutAsync(silo, stop.Token);
        var tls = cluster.Ours.ForClient("cut-off");

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => cluster.ConnectAsync(tls, _shortly, $"127.0.0.1:{((IPEndPoint)silo.LocalEndpoint).Port}"));
        await stop.CancelAsync();

        Assert.True(await cutting > 0);
        Assert.Contains($"set {Certificate} to one of the cluster's authority", error.Message, StringComparison.Ordinal);
        Assert.Contains("silos without TLS need a client without it", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("shows no certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_refuses_silos_of_an_authority_that_it_does_not_know()
    {
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => cluster.ConnectAsync(cluster.Other.ForClient("doubter"), _shortly));
        Assert.Contains("of 'CN=ours' is not allowed", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Set {Authority}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_servers_alone_is_no_clients()
    {
        var wrong = cluster.Ours.Issue("server-only", 90, ClusterIdentity.ForServer);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => cluster.ConnectAsync(wrong, _shortly));
        Assert.Contains(Certificate, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_of_another_authority_does_not_join_and_both_say_why()
    {
        using var logs = new FakeLoggerProvider();
        using var stop = new CancellationTokenSource();
        var starting = cluster.StartAsync(cluster.Other.ForSilo("intruder"), logs, isMember: false, stop.Token);
        await Eventually.Holds(() =>
            TlsCluster.Refusals(cluster.Logs).Any(message => message.Contains("'CN=other'", StringComparison.Ordinal))
            && TlsCluster.Refusals(logs).Any(message => message.Contains("'CN=ours'", StringComparison.Ordinal)), "the warning");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => starting);
        await AreTwoAsync();
    }

    [Fact]
    public async Task A_port_that_is_only_probed_is_no_reason_to_warn()
    {
        using var logs = new FakeLoggerProvider();
        await using var silo = await cluster.StartAsync(cluster.Ours.ForSilo("probed"), logs);
        // The first handshake takes the longest: without it the others might be over before the probes are.
        await TalkAsync(silo.GatewayPort, logs, "127.0.0.3");
        for (var i = 0; i < 3; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // By an address of its own: the same one is warned of once only.
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await socket.ConnectAsync(IPAddress.Loopback, silo.GatewayPort);
        }

        await TalkAsync(silo.GatewayPort, logs, "127.0.0.4");
        Assert.DoesNotContain(TlsCluster.Refusals(logs), message => message.Contains("127.0.0.2", StringComparison.Ordinal));
    }

    // Reads the beginning of each handshake and resets its connection, as a silo may do before its client is through.
    private static async Task<int> CutAsync(TcpListener listener, CancellationToken stop)
    {
        for (var connections = 0; ;)
        {
            try
            {
                using var socket = await listener.AcceptSocketAsync(stop);
                connections++;
                await socket.ReceiveAsync(new byte[1], stop);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (SocketException)
            {
                // The client was the first to give it up.
            }
            catch (OperationCanceledException)
            {
                return connections;
            }
        }
    }

    // A silo of another test that had no time to say that it stops is found out by the probes.
    private Task AreTwoAsync()
    {
        var management = cluster.First.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        return Eventually.Holds(
            async () => (await management.GetHosts(onlyActive: true)).Count == 2, "two active silos", TimeSpan.FromMinutes(1));
    }

    // Says something that is no TLS, and waits until that is warned of.
    private static async Task TalkAsync(int port, FakeLoggerProvider logs, string from)
    {
        using var talker = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await talker.ConnectAsync(IPAddress.Loopback, port);
        await talker.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Eventually.Holds(
            () => TlsCluster.Refusals(logs).Any(message => message.Contains($"with {from} was refused", StringComparison.Ordinal)),
            "the warning");
    }
}
