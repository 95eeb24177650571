using Microsoft.Extensions.DependencyInjection;
using QLearning.Cluster.Tests.Fixtures;
using QLearning.Grains.Maintenance;

namespace QLearning.Cluster.Tests;

/// <summary>A reminder wakes one grain of the cluster, however many silos ask for it.</summary>
public sealed class ReminderTests : IClassFixture<ReminderTests.DueSoon>
{
    private readonly DueSoon _cluster;

    public ReminderTests(DueSoon cluster) => _cluster = cluster;

    [Fact]
    public async Task The_daily_clean_up_runs_once_and_both_silos_know_how_it_went()
    {
        var fromFirst = _cluster.GrainsOf(0).GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key);
        await Eventually.Holds(
            async () => (await fromFirst.GetStatus()).CleanUp is not null, "the reminder to come", TimeSpan.FromSeconds(90));
        Assert.Equal(2, await _cluster.Database.QueryAsync<long>("select count(*) from orleans_reminder"));
        var status = await _cluster.GrainsOf(1).GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key).GetStatus();
        Assert.Equal((1, null), (status.Runs, status.CleanUp!.Error));
        Assert.Equal(
            1, await _cluster.Database.QueryAsync<long>("select count(*) from orleans_grain_state where grain_type = 'maintenance'"));
    }

    /// <summary>Silos that want the clean-up some seconds after they started.</summary>
    public sealed class DueSoon : TwoSilos
    {
        private static readonly TimeSpan _cleanUpTime = (TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10)).TimeOfDay;

        protected override void Configure(ISiloBuilder silo) =>
            silo.Services.Configure<MaintenanceOptions>(options => options.CleanUpTime = _cleanUpTime);
    }
}
