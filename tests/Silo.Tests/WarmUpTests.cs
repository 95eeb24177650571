namespace QLearning.Silo.Tests;

/// <summary>A silo that starts runs the code of an activation once, and changes nothing by it.</summary>
public sealed class WarmUpTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task The_warm_up_reads_only()
    {
        await using (var before = await QLearningSilo.StartAsync(Settings()))
        {
            await before.LearnAsync("visual-tester", "s");
        }

        const string Everything = """
            select string_agg(t, '|' order by t) from (
                select o::text as t from q_table_owners o
                union all select q::text from q_values q
                union all select c::text from q_table_clients c) r
            """;
        var stored = await fixture.Database.QueryAsync<string>(Everything);
        await using var silo = await QLearningSilo.StartAsync(Settings());
        Assert.Equal(stored, await fixture.Database.QueryAsync<string>(Everything));
        Assert.Equal(1, await fixture.Database.QueryAsync<long>("select count(*) from q_table_owners"));
        Assert.Equal(1, await silo.VisitsAsync("visual-tester", "s"));
    }

    private SiloSettings Settings() => new()
    {
        ConnectionString = fixture.Database.ConnectionString,
        ClusterId = Guid.NewGuid().ToString("N"),
    };
}
