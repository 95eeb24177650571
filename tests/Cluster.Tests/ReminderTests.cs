using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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
        await _cluster.WantCleanUpSoonAsync(fromFirst);
        await Eventually.Holds(
            async () => (await fromFirst.GetStatus()).CleanUp is not null, "the reminder to come", TimeSpan.FromSeconds(90));
        Assert.Equal(2, await _cluster.Database.QueryAsync<long>("select count(*) from orleans_reminder"));
        var status = await _cluster.GrainsOf(1).GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key).GetStatus();
        Assert.Equal((1, null), (status.Runs, status.CleanUp!.Error));
        Assert.Equal(
            1, await _cluster.Database.QueryAsync<long>("select count(*) from orleans_grain_state where grain_type = 'maintenance'"));
    }

    /// <summary>Silos that want the clean-up some seconds after they were asked to, however long their start took.</summary>
    public sealed class DueSoon : TwoSilos
    {
        private static readonly TimeSpan _far = TimeSpan.FromHours((TimeProvider.System.GetUtcNow().Hour + 12) % 24);

        public async Task WantCleanUpSoonAsync(IMaintenanceGrain grain)
        {
            await Eventually.Holds(
                async () => await Database.QueryAsync<long>(
                    "select count(*) from orleans_grain_state where grain_type = 'maintenance'") == 1,
                "the silos to have scheduled it for later");
            var soon = (TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(15)).TimeOfDay;
            foreach (var silo in Silos)
            {
                silo.Services.GetRequiredService<IOptions<MaintenanceOptions>>().Value.CleanUpTime = soon;
            }

            await grain.Schedule();
        }

        protected override void Configure(ISiloBuilder silo)
        {
            base.Configure(silo);
            silo.Services.Configure<MaintenanceOptions>(options => options.CleanUpTime = _far);
        }
    }
}
