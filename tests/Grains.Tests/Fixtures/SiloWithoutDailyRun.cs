using Microsoft.Extensions.DependencyInjection;
using QLearning.Grains.Maintenance;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo whose daily clean-up is half a day away, so that it does not come in between.</summary>
public sealed class SiloWithoutDailyRun : SiloFixture
{
    protected override void Configure(ISiloBuilder silo) => silo.Services.Configure<MaintenanceOptions>(
        options => options.CleanUpTime = TimeSpan.FromHours((TimeProvider.System.GetUtcNow().Hour + 12) % 24));
}
