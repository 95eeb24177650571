using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Testing.Proxy;

namespace QLearning.Silo.Tests;

/// <summary>A silo that cannot run says why, and changes nothing.</summary>
public sealed class RefusedStartTests : IAsyncLifetime
{
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task A_connection_string_that_cannot_be_read_is_refused()
    {
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => StartAsync("nonsense"));
        Assert.Contains("connection string cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostgreSQL_that_does_not_answer_is_named()
    {
        await using var proxy = new TcpProxy(_database!.ConnectionString);
        proxy.Close();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => StartAsync(proxy.ConnectionString));
        Assert.Contains("cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => StartAsync(With(builder => builder.Database = "no_such_database")));
        Assert.Contains("'no_such_database'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_not_repeated_in_the_error()
    {
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => StartAsync(With(builder => (builder.Username, builder.Password) = ("nobody-i-know", "hunter2-secret"))));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_the_schema_is_refused_and_left_alone()
    {
        await using var empty = await TestDatabase.CreateAsync(migrated: false);
        var error = await Assert.ThrowsAsync<DatabaseOutdatedException>(() => StartAsync(empty.ConnectionString));
        Assert.Contains("qlearn db migrate", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await empty.QueryAsync<long>("select count(*) from pg_tables where schemaname = 'public'"));
    }

    [Fact]
    public async Task A_database_that_lacks_the_last_migration_is_refused()
    {
        var last = await _database!.QueryAsync<string>("select max(scriptname) from qlearning_migrations");
        await _database.ExecuteInAsync($"delete from qlearning_migrations where scriptname = '{last}'");
        var error = await Assert.ThrowsAsync<DatabaseOutdatedException>(() => StartAsync(_database.ConnectionString));
        Assert.Contains($"lacks a migration, {last}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await _database!.ExecuteInAsync(
            "insert into qlearning_migrations (scriptname, applied) values ('qlearning/9999_future.sql', now())");
        var error = await Assert.ThrowsAsync<DatabaseNewerException>(() => StartAsync(_database.ConnectionString));
        Assert.Contains("qlearning/9999_future.sql", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("HTTP")]
    public async Task A_port_that_is_taken_is_named(string what)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => StartAsync(_database!.ConnectionString, settings =>
        {
            settings.SiloPort = what == "silo" ? port : 0;
            settings.GatewayPort = what == "gateway" ? port : 0;
            settings.HttpPort = what == "HTTP" ? port : null;
        }));
        Assert.Contains($"The {what} port '127.0.0.1:{port}' is not allowed", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _database!.QueryAsync<long>("select count(*) from orleans_membership"));
    }

    [Fact]
    public async Task An_HTTP_port_that_may_differ_gives_way_to_a_free_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings
        {
            ConnectionString = _database!.ConnectionString,
            HttpPort = port,
            HttpPortMayDiffer = true,
        });
        Assert.NotEqual(port, silo.HttpUrl!.Port);
    }

    [Theory]
    [InlineData("localhost", "it is no IP address")]
    [InlineData("", "AdvertisedAddress")]
    [InlineData("192.0.2.1", "cannot be listened on")]
    public async Task An_address_that_is_not_of_this_machine_is_refused(string address, string words)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => StartAsync(_database!.ConnectionString, settings => settings.AdvertisedAddress = address));
        Assert.Contains(words, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task HTTP_that_others_reach_without_TLS_is_refused_and_the_option_is_named()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            _database!.ConnectionString, settings => (settings.AdvertisedAddress, settings.HttpPort) = ("0.0.0.0", 0)));
        Assert.Contains("QLearning:Security:BehindProxy to true (--behind-proxy)", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _database!.QueryAsync<long>("select count(*) from orleans_membership"));
    }

    private static Task<QLearningSilo> StartAsync(string connectionString, Action<SiloSettings>? change = null)
    {
        var settings = new SiloSettings { ConnectionString = connectionString };
        change?.Invoke(settings);
        return QLearningSilo.StartAsync(settings);
    }

    private string With(Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(_database!.ConnectionString);
        change(builder);
        return builder.ConnectionString;
    }
}
