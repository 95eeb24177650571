using Microsoft.Extensions.DependencyInjection;
using QLearning.Grains.Configuration;

namespace QLearning.Silo.Health;

/// <summary>Registers the health checks of a silo.</summary>
internal static class SiloHealth
{
    /// <summary>
    /// Adds the checks; only <see cref="MembershipCheck"/> and <see cref="FlushLanesCheck"/> say whether the silo lives and serves, see
    /// <see cref="HealthTags.Live"/>.
    /// </summary>
    public static void Add(IServiceCollection services)
    {
        services.AddOptionsSection<HealthOptions>("Health");
        services.AddHealthChecks()
            .AddCheck<MembershipCheck>("membership", tags: [HealthTags.Live, HealthTags.Serving, HealthTags.Ready])
            .AddCheck<FlushLanesCheck>("flush lanes", tags: [HealthTags.Live, HealthTags.Serving, HealthTags.Ready])
            .AddCheck<DatabaseCheck>("database", tags: [HealthTags.Ready])
            .AddCheck<FlushLagCheck>("flush lag", tags: [HealthTags.Ready])
            .AddCheck<BacklogCheck>("backlog", tags: [HealthTags.Ready])
            .AddCheck<RefusedRowsCheck>("refused rows", tags: [HealthTags.Ready]);
    }
}
