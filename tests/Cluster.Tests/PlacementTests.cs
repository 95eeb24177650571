using QLearning.Cluster.Tests.Fixtures;

namespace QLearning.Cluster.Tests;

/// <summary>Where agent types are activated.</summary>
public sealed class PlacementTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task Agent_types_that_wake_at_once_spread_over_the_silos()
    {
        var types = await cluster.GrainsOf(0).GetGrain<IRegistryGrain>(IRegistryGrain.Key).GetAgentTypes();
        Assert.Equal(18, types.Length);
        var statistics = await Task.WhenAll(
            types.Select(type => cluster.GrainsOf(0).GetGrain<IAgentTypeGrain>(type.AgentType).GetStatistics().AsTask()));
        var silos = statistics.Select(one => one.Silo).Distinct().ToList();
        // Each silo is as likely as the other: all 18 on one of them happens once in 130,000 runs.
        Assert.Equal(2, silos.Count);
    }
}
