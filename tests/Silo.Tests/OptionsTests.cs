using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Grains.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Tests;

/// <summary>Settings and options are read from where they are said to be, and checked before the silo joins its cluster.</summary>
public sealed class OptionsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    // Those that may run are left out: one that stops on a busy machine may leave its row as it was.
    private const string Joined = "select count(*) from orleans_membership where status < 6 and deployment_id not like 'runs-%'";

    public static TheoryData<string> BadSettings => [.. Settings.Keys];

    private static Dictionary<string, Action<SiloSettings>> Settings { get; } = new()
    {
        [nameof(SiloSettings.SiloPort)] = settings => settings.SiloPort = -1,
        [nameof(SiloSettings.GatewayPort)] = settings => settings.GatewayPort = 65_536,
        [nameof(SiloSettings.HttpPort)] = settings => settings.HttpPort = 65_536,
        [nameof(SiloSettings.ClusterId)] = settings => settings.ClusterId = string.Empty,
        [nameof(SiloSettings.ServiceId)] = settings => settings.ServiceId = string.Empty,
        [nameof(SiloSettings.DataFolder)] = settings => settings.DataFolder = string.Empty,
        [nameof(SiloSettings.MissedProbes)] = settings => settings.MissedProbes = 0,
        [nameof(SiloSettings.ShutdownTimeout)] = settings => settings.ShutdownTimeout = TimeSpan.Zero,
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public async Task A_setting_out_of_range_is_named(string name)
    {
        var settings = new SiloSettings { ConnectionString = fixture.Database.ConnectionString };
        Settings[name](settings);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => QLearningSilo.StartAsync(settings));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.Database.QueryAsync<long>(Joined));
    }

    [Theory]
    [InlineData("WriteBehind:FlushInterval", "00:00:00")]
    [InlineData("WriteBehind:MaxBacklog", "0")]
    [InlineData("WriteBehind:MaxSiloBacklog", "0")]
    [InlineData("WriteBehind:MaxTrajectoryBacklog", "0")]
    [InlineData("Health:DatabaseTimeout", "00:00:00")]
    [InlineData("Health:MaxFlushLag", "02:00:00")]
    [InlineData("Health:MaxBacklogShare", "1.1")]
    [InlineData("WriteBehind:Lanes", "0")]
    [InlineData("WriteBehind:Lanes", "65")]
    [InlineData("WriteBehind:MaxRowsPerTransaction", "0")]
    [InlineData("WriteBehind:MaxRowsPerBatch", "50001")]
    [InlineData("WriteBehind:MaxBytesPerBatch", "33554433")]
    [InlineData("WriteBehind:MinRetryDelay", "00:00:03")]
    [InlineData("WriteBehind:MaxRetryDelay", "01:00:00")]
    [InlineData("HotTables:MaxStates", "19999")]
    [InlineData("Maintenance:RefreshInterval", "1.00:00:01")]
    public async Task An_option_out_of_range_stops_the_start_and_is_named(string option, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = fixture.Database.ConnectionString },
            configure: silo => silo.Configuration[$"QLearning:{option}"] = value));
        Assert.Contains(option.Split(':')[1], error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.Database.QueryAsync<long>(Joined));
    }

    [Fact]
    public async Task Options_come_from_the_configuration()
    {
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = fixture.Database.ConnectionString, ClusterId = OwnCluster() },
            configure: silo =>
            {
                silo.Configuration["QLearning:WriteBehind:FlushInterval"] = "00:00:00.250";
                silo.Configuration["QLearning:WriteBehind:Lanes"] = "3";
                silo.Configuration["QLearning:HotTables:MaxStates"] = "30000";
            });
        var writeBehind = silo.Services.GetRequiredService<IOptions<WriteBehindOptions>>().Value;
        Assert.Equal((TimeSpan.FromMilliseconds(250), 3, 200_000), (writeBehind.FlushInterval, writeBehind.Lanes, writeBehind.MaxBacklog));
        Assert.Equal(30_000, silo.Services.GetRequiredService<IOptions<HotTableOptions>>().Value.MaxStates);
    }

    [Fact]
    public async Task A_silo_declares_others_dead_after_as_many_missed_probes_as_its_settings_say()
    {
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = fixture.Database.ConnectionString, ClusterId = OwnCluster(), MissedProbes = 7 });
        Assert.Equal(7, silo.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value.NumMissedProbesLimit);
        Assert.Equal(3, new SiloSettings().MissedProbes);
    }

    [Fact]
    public async Task A_name_that_nothing_reads_is_warned_of_with_the_nearest_one()
    {
        using var logs = new FakeLoggerProvider();
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = fixture.Database.ConnectionString, ClusterId = OwnCluster() },
            logging => logging.AddProvider(logs),
            silo =>
            {
                silo.Configuration["QLearning:WriteBehind:FlushIntervall"] = "00:00:00.250";
                silo.Configuration["QLearning:writebehind:lanes"] = "3";
                silo.Configuration["QLearning:HotTable:MaxStates"] = "30000";
                silo.Configuration["QLearning:Health:Verbosity"] = "9";
                silo.Configuration["QLearning:Client:RetryFro"] = "00:00:04";
                silo.Configuration["QLearning:Client:Security:ClusterAuthorityFiel"] = "ca.pem";
                silo.Configuration["QLearning:Client:Gateways:0"] = "10.0.0.7:30000";
                silo.Configuration["QLearning:Security:JwtIsuer"] = "https://issuer";
                silo.Configuration["QLearning:Clients:RetryFor"] = "00:00:04";
            });
        Assert.Equal(
            [
                "Nothing reads the configuration 'QLearning:Client:RetryFro'. Did you mean RetryFor?",
                "Nothing reads the configuration 'QLearning:Client:Security:ClusterAuthorityFiel'. Did you mean ClusterAuthorityFile?",
                "Nothing reads the configuration 'QLearning:Clients'. Did you mean Client?",
                "Nothing reads the configuration 'QLearning:Health:Verbosity'. Known: DatabaseTimeout, MaxBacklogShare, MaxFlushLag, "
                + "ShowRefusedFor",
                "Nothing reads the configuration 'QLearning:HotTable'. Did you mean HotTables?",
                "Nothing reads the configuration 'QLearning:Security:JwtIsuer'. Did you mean JwtIssuer?",
                "Nothing reads the configuration 'QLearning:WriteBehind:FlushIntervall'. Did you mean FlushInterval?",
            ],
            logs.Collector.GetSnapshot().Where(entry => entry.Id == 4002).Select(entry => entry.Message).Order(StringComparer.Ordinal));
        Assert.Equal(3, silo.Services.GetRequiredService<IOptions<WriteBehindOptions>>().Value.Lanes);
    }

    private static string OwnCluster() => $"runs-{Guid.NewGuid()}";
}
