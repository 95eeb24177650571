using System.Globalization;

namespace QLearning.Silo.Tests;

/// <summary>Silos on one database are one cluster: each serves every agent type, and each type is in one of them.</summary>
public sealed class ClusterTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string Active = "select count(*) from orleans_membership where status = 3";

    private SiloSettings Settings => new() { ConnectionString = fixture.Database.ConnectionString, MissedProbes = Silos.ManyProbes };

    [Fact]
    public async Task Two_silos_serve_the_same_tables_and_the_one_that_stays_takes_over()
    {
        string[] types = ["test-generator", "test-executor", "coverage-analyzer", "quality-gate", "fleet-commander", "chaos-engineer"];
        await using var stays = await QLearningSilo.StartAsync(Settings);
        Assert.Null(stays.PostgresUrl);
        var goes = await QLearningSilo.StartAsync(Settings);
        Assert.Equal(2, await fixture.Database.QueryAsync<long>(Active));
        foreach (var silo in new[] { stays, goes, stays })
        {
            await Task.WhenAll(types.Select(type => silo.LearnAsync(type, "s")));
        }

        var places = await Task.WhenAll(types.Select(async type => (await goes.AgentType(type).GetStatistics()).Silo));
        Assert.All(
            places,
            place => Assert.Contains(new[] { stays, goes },
                silo => place.Contains(silo.SiloPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

        await goes.DisposeAsync();
        // One that had no time to say that it stops is found out by the probes.
        await Eventually.Holds(
            async () => await fixture.Database.QueryAsync<long>(Active) == 1, "one active silo", TimeSpan.FromMinutes(1));
        foreach (var type in types)
        {
            Assert.Equal(3, await stays.VisitsAsync(type, "s"));
            Assert.Equal(4, (await stays.LearnAsync(type, "s", WriteMode.Durable)).VisitCount);
        }
    }

    [Fact]
    public async Task Silos_of_another_cluster_are_not_joined()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var one = await QLearningSilo.StartAsync(new SiloSettings
        {
            ConnectionString = database.ConnectionString,
            ClusterId = "blue",
        });
        await using var two = await QLearningSilo.StartAsync(new SiloSettings
        {
            ConnectionString = database.ConnectionString,
            ClusterId = "green",
        });
        Assert.Equal(2, await database.QueryAsync<long>("select count(distinct deployment_id) from orleans_membership where status = 3"));

        // Both believe to be alone: the epoch keeps the one that came first from writing.
        await one.LearnAsync("test-generator", "s", WriteMode.Durable);
        Assert.Equal(2, (await two.LearnAsync("test-generator", "s", WriteMode.Durable)).VisitCount);
        await Assert.ThrowsAsync<FencedException>(() => one.LearnAsync("test-generator", "s", WriteMode.Durable));
        Assert.Equal(2, await database.QueryAsync<long>("select sum(visit_count) from q_values"));
    }
}
