using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Testing.Proxy;

namespace QLearning.Client.Tests;

/// <summary>A program's host gets its client from configuration or code, and wrong options stop its start.</summary>
public sealed class AddQLearningClientTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task The_configuration_says_where_the_cluster_is()
    {
        var builder = Builder();
        builder.Configuration["ConnectionStrings:QLearning"] = cluster.Database.ConnectionString;
        builder.Configuration["QLearning:Client:ResponseTimeout"] = "00:00:07";
        builder.Services.AddQLearningClient();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(18, (await host.Services.GetRequiredService<IQLearningClient>().GetAgentTypesAsync()).Length);
        Assert.Equal(TimeSpan.FromSeconds(7), host.Services.GetRequiredService<IOptions<QLearningClientOptions>>().Value.ResponseTimeout);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_hosted_service_may_ask_for_the_client_and_for_all_it_has_before_that_connects()
    {
        var builder = Builder();
        builder.Configuration["ConnectionStrings:QLearning"] = cluster.Database.ConnectionString;
        builder.Services.AddQLearningClient().AddSingleton<Worker>().AddHostedService(services => services.GetRequiredService<Worker>());
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<Worker>().ExecuteTask!;
        await host.StopAsync();
    }

    [Fact]
    public async Task A_gateway_that_is_named_by_another_port_than_it_advertises_is_told_in_time()
    {
        await using var mapped = new TcpProxy($"Host=127.0.0.1;Port={cluster.GatewayPort}");
        var builder = Builder();
        builder.Configuration["QLearning:Client:Gateways:0"] =
            $"127.0.0.1:{new NpgsqlConnectionStringBuilder(mapped.ConnectionString).Port}";
        builder.Configuration["QLearning:Client:ConnectTimeout"] = "00:00:01";
        builder.Configuration["QLearning:Client:ResponseTimeout"] = "00:00:01";
        builder.Services.AddQLearningClient();
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => host.StartAsync());
        Assert.Contains(
            "Allowed: gateways by the address and the port that their silos advertise", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_has_the_last_word()
    {
        var builder = Builder();
        builder.Configuration["ConnectionStrings:QLearning"] = "Host=nowhere.invalid";
        builder.Configuration["QLearning:Client:ClusterId"] = "nowhere";
        builder.Services.AddQLearningClient(
            options => (options.ConnectionString, options.ClusterId) = (cluster.Database.ConnectionString, "qlearning"));
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(18, (await host.Services.GetRequiredService<IQLearningClient>().GetAgentTypesAsync()).Length);
        await host.StopAsync();
    }

    [Fact]
    public async Task With_named_gateways_it_needs_no_database()
    {
        var builder = Builder();
        builder.Configuration["QLearning:Client:Gateways:0"] = $"127.0.0.1:{cluster.GatewayPort}";
        builder.Services.AddQLearningClient();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(18, (await host.Services.GetRequiredService<IQLearningClient>().GetAgentTypesAsync()).Length);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_name_that_it_does_not_read_is_warned_of_before_it_connects_and_what_is_for_silos_is_not()
    {
        var builder = Builder();
        using var logs = new FakeLoggerProvider();
        builder.Logging.AddProvider(logs);
        builder.Configuration["ConnectionStrings:QLearning"] = "Host=127.0.0.1;Port=1";
        builder.Configuration["QLearning:Client:ConnectTimeout"] = "00:00:01";
        builder.Configuration["QLearning:Client:RetryFro"] = "00:00:01";
        builder.Configuration["QLearning:Client:Patience"] = "9";
        builder.Configuration["QLearning:Client:Security:ClusterAuthorityFiel"] = "ca.pem";
        builder.Configuration["QLearning:Clinet:RetryFor"] = "00:00:01";
        builder.Configuration["QLearning:Security:ClusterAuthorityFiel"] = "ca.pem";
        builder.Configuration["QLearning:Security:JwtIssuer"] = "https://issuer";
        builder.Configuration["QLearning:WriteBehind:Lanes"] = "3";
        builder.Services.AddQLearningClient();
        using var host = builder.Build();
        await Assert.ThrowsAnyAsync<QLearningException>(() => host.StartAsync());
        var known = typeof(QLearningClientOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                $"Nothing reads the configuration 'QLearning:Client:Patience'. Known: {string.Join(", ", known)}",
                "Nothing reads the configuration 'QLearning:Client:RetryFro'. Did you mean RetryFor?",
                "Nothing reads the configuration 'QLearning:Client:Security:ClusterAuthorityFiel'. Did you mean ClusterAuthorityFile?",
                "Nothing reads the configuration 'QLearning:Clinet'. Did you mean Client?",
                "Nothing reads the configuration 'QLearning:Security:ClusterAuthorityFiel'. Did you mean ClusterAuthorityFile?",
            ],
            logs.Collector.GetSnapshot().Where(entry => entry.Id == 4002).Select(entry => entry.Message).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("localhost:30000")]
    [InlineData("10.0.0.7")]
    [InlineData("")]
    public async Task A_gateway_that_is_no_address_is_refused(string gateway)
    {
        var error = await StartFailsAsync(builder => builder.Configuration["QLearning:Client:Gateways:0"] = gateway);
        Assert.Contains("an IP address with its port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_the_client_twice_adds_it_once()
    {
        var services = new ServiceCollection();
        services.AddQLearningClient(options => options.ConnectionString = "Host=localhost");
        var count = services.Count;
        services.AddQLearningClient();
        Assert.Equal(count, services.Count);
    }

    [Fact]
    public async Task Without_a_connection_string_the_start_says_what_to_set()
    {
        var error = await StartFailsAsync(_ => { });
        Assert.Contains("set ConnectionStrings:QLearning or QLearning:Client:ConnectionString", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ClusterId", "")]
    [InlineData("ServiceId", "")]
    [InlineData("ResponseTimeout", "00:00:00")]
    [InlineData("RetryFor", "-00:00:01")]
    [InlineData("ConnectTimeout", "02:00:00")]
    [InlineData("GatewayListRefreshPeriod", "00:00:00.001")]
    [InlineData("ConnectionString", "nonsense")]
    public async Task An_option_out_of_range_stops_the_start_and_is_named(string option, string value)
    {
        var error = await StartFailsAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:QLearning"] = cluster.Database.ConnectionString;
            builder.Configuration[$"QLearning:Client:{option}"] = value;
        });
        Assert.Contains(option, error.Message, StringComparison.Ordinal);
    }

    private static async Task<OptionsValidationException> StartFailsAsync(Action<HostApplicationBuilder> configure)
    {
        var builder = Builder();
        configure(builder);
        builder.Services.AddQLearningClient();
        using var host = builder.Build();
        return await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    private static HostApplicationBuilder Builder() => Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    private sealed class Worker(IQLearningClient client) : BackgroundService
    {
        private readonly AgentTypeClient _table = client.AgentType("test-generator");
        private readonly AgentClient _agent = client.Agent("test-generator", "worker");
        private readonly PatternLibraryClient _patterns = client.Patterns("test-generator");

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Assert.Null(await _table.GetBestActionAsync(StateKey.Parse("never"), stoppingToken));
            await _agent.SelectActionAsync(State.FromKey("s"), [AgentAction.Named("a")], cancellationToken: stoppingToken);
            Assert.Empty(await _patterns.SearchAsync(new PatternQuery { Name = "never" }, stoppingToken));
            Assert.Equal(18, (await client.AgentTypes.ListAsync(stoppingToken)).Length);
            await client.Maintenance.GetStatusAsync(stoppingToken);
        }
    }
}
