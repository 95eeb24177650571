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
        var silos = statistics.GroupBy(one => one.Silo).ToList();
        // Each silo is as likely as the other: fewer than two of 18 on one of them happens once in 7,000 runs.
        Assert.Equal(2, silos.Count);
        Assert.All(silos, silo => Assert.InRange(silo.Count(), 2, 16));
    }
}
