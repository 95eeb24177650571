using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using QLearning.Client;
using QLearning.Testing.Proxy;

namespace QLearning.Silo.Tests;

/// <summary>A client that loses its way to one silo of several is answered by that silo's grains through another.</summary>
public sealed class LostConnectionTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Grains_of_a_silo_to_which_a_client_lost_its_connection_answer_it_through_another_silo()
    {
        var settings = new SiloSettings { ConnectionString = fixture.Database.ConnectionString, MissedProbes = Silos.ManyProbes };
        var behind = FreePort();
        await using var first = await QLearningSilo.StartAsync(settings, configure: silo => silo.Services.PostConfigure<EndpointOptions>(
            endpoint => endpoint.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Loopback, behind)));
        // Clients reach the first silo by the port that it advertises.
        await using var way = new TcpProxy(
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={behind}"), port: first.GatewayPort);
        await using var second = await QLearningSilo.StartAsync(settings);
        await using var client = await QLearningClient.ConnectAsync(settings.ConnectionString!);
        var types = (await client.GetAgentTypesAsync()).Select(type => client.AgentType(type.AgentType)).ToArray();
        var places = await PlacesAsync(types);
        Assert.Equal(2, places.Distinct(StringComparer.Ordinal).Count());

        way.Close();

        Assert.Equal(places, await PlacesAsync(types));
    }

    private static async Task<string[]> PlacesAsync(AgentTypeClient[] types) =>
        await Task.WhenAll(types.Select(async type => (await type.GetStatisticsAsync()).Silo));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
