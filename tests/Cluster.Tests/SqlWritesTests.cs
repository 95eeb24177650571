using QLearning.Cluster.Tests.Fixtures;

namespace QLearning.Cluster.Tests;

/// <summary>A write through SQL reaches the grain that owns the rows, in whichever silo it is.</summary>
public sealed class SqlWritesTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_owner_sees_a_write_through_SQL(int owner)
    {
        var type = await cluster.TypeOnAsync(owner);
        var grain = cluster.GrainsOf(1 - owner).GetGrain<IAgentTypeGrain>(type);
        Assert.Null(await grain.GetBestAction(StateKey.Parse("written")));
        await cluster.Database.ExecuteInAsync($"""select upsert_q_value('{type}', 'written', '1', 'a', '"a"', {owner + 7})""");
        await Eventually.Holds(
            async () => (await grain.GetBestAction(StateKey.Parse("written")))?.QValue == owner + 7, "the owner to see the write");
    }

    [Fact]
    public async Task After_all_connections_were_ended_the_owners_see_writes_again()
    {
        var type = await cluster.TypeOnAsync(0);
        var grain = cluster.GrainsOf(1).GetGrain<IAgentTypeGrain>(type);
        await cluster.Database.ExecuteInAsync("""
            select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()
                and application_name like 'qlearning%'
            """);
        await cluster.Database.ExecuteInAsync($"""select upsert_q_value('{type}', 'after the cut', '1', 'a', '"a"', 3)""");
        await Eventually.Holds(
            async () => (await grain.GetBestAction(StateKey.Parse("after the cut")))?.QValue == 3, "the owner to see the write",
            TimeSpan.FromSeconds(30));
    }
}
