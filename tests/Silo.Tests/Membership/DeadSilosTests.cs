using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using QLearning.Silo.Membership;

namespace QLearning.Silo.Tests.Membership;

/// <summary>What a starting silo makes of members that do not answer.</summary>
public sealed class DeadSilosTests : IAsyncLifetime
{
    private const int Active = 3;
    private const int Dead = 6;

    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task Silos_of_this_machine_whose_ports_refuse_are_declared_dead_before_a_silo_joins()
    {
        using Socket first = Bound(), second = Bound(), third = Bound();
        int[] ports = [PortOf(first), PortOf(second), PortOf(third)];
        foreach (var port in ports)
        {
            await AddAsync("127.0.0.1", port, Dns.GetHostName());
        }

        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = _database!.ConnectionString });

        foreach (var port in ports)
        {
            Assert.Equal(Dead, await StatusAsync(port));
        }

        Assert.Equal(Active, await StatusAsync(silo.SiloPort));
    }

    [Fact]
    public async Task A_silo_that_listens_and_one_of_another_machine_are_left_to_the_cluster()
    {
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        using var bound = Bound();
        var (own, other) = (PortOf(listening.Server), PortOf(bound));
        await AddAsync("127.0.0.1", own, Dns.GetHostName());
        await AddAsync("127.0.0.1", other, "another-machine");
        await using var services = new ServiceCollection().AddLogging()
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("qlearning", "qlearning"))
            .Configure<AdoNetClusteringSiloOptions>(options =>
                (options.Invariant, options.ConnectionString) = ("Npgsql", _database!.ConnectionString))
            .BuildServiceProvider();
        var membership = ActivatorUtilities.CreateInstance<AdoNetClusteringTable>(services);

        await new DeadSilos(membership, NullLogger<DeadSilos>.Instance).DeclareAsync(CancellationToken.None);

        Assert.Equal((Active, Active), (await StatusAsync(own), await StatusAsync(other)));
    }

    // Its port refuses connections, and nobody else gets it.
    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private async Task AddAsync(string address, int port, string host)
    {
        await _database!.ExecuteInAsync(
            "insert into orleans_membership_version (deployment_id, version) values ('qlearning', 1) on conflict do nothing");
        await _database.ExecuteInAsync(string.Create(CultureInfo.InvariantCulture, $"""
            insert into orleans_membership (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time,
                i_am_alive_time)
            values ('qlearning', '{address}', {port}, 7, 'gone', '{host}', {Active}, 1, now(), now())
            """));
    }

    private Task<int> StatusAsync(int port) =>
        _database!.QueryAsync<int>($"select status::int from orleans_membership where port = {port}");
}
