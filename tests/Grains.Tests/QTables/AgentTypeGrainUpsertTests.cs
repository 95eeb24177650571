using CsCheck;

namespace QLearning.Grains.Tests.QTables;

/// <summary>Upserts through the grain leave the same rows as the SQL function on the same sequence.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeGrainUpsertTests(SiloFixture silo)
{
    [Fact]
    public async Task One_upsert_after_the_other_moves_the_row_as_SQL_moves_it()
    {
        var (grain, sql) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        for (var i = 0; i < 4; i++)
        {
            var result = await grain.Grain.Upsert(Given.Value("s", "a", i * 1.5), WriteMode.Durable);
            await sql.StoreAsync("s", "a", i * 1.5);
            Assert.Equal(Comparable(await sql.RowsAsync()), Comparable(await grain.RowsAsync()));
            Assert.Equal((i + 1, i * 1.5, i == 0 ? 0 : 1.5), (result.VisitCount, result.QValue, result.TdError));
        }
    }

    [Fact]
    public async Task Confidence_ends_at_1_and_uncertainty_at_0()
    {
        var (grain, sql) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        await grain.Grain.UpsertMany([.. Enumerable.Range(0, 53).Select(i => Given.Value("s", "a", i))], WriteMode.Durable);
        for (var i = 0; i < 53; i++)
        {
            await sql.StoreAsync("s", "a", i);
        }

        Assert.Equal(Comparable(await sql.RowsAsync()), Comparable(await grain.RowsAsync()));
        var value = Assert.Single(await grain.Grain.GetQValues(Given.State("s")));
        Assert.Equal((52, 53, 1, 0), (value.Value, value.VisitCount, value.Confidence, value.Uncertainty));
    }

    [Fact]
    public Task Any_sequence_leaves_the_rows_that_SQL_leaves() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[-999_999_999, 999_999_999]).Array[1, 80]
            .SampleAsync(AssertSameRowsAsync, iter: 4, threads: 1);

    [Fact]
    public async Task An_expired_row_starts_anew()
    {
        var (grain, sql) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        foreach (var type in new[] { grain, sql })
        {
            await type.StoreAsync("s", "a", 1);
            await type.StoreAsync("s", "a", 2);
            await silo.Database.ExecuteInAsync(
                $"update q_values set expires_at = now() - interval '1 s' where agent_type = '{type.Name}'");
        }

        await grain.Grain.Upsert(Given.Value("s", "a", 3), WriteMode.Durable);
        await sql.StoreAsync("s", "a", 3);
        Assert.Equal(Comparable(await sql.RowsAsync()), Comparable(await grain.RowsAsync()));
        Assert.Equal((3, 1), (await grain.RowsAsync()).Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task The_grain_goes_on_where_SQL_left_off()
    {
        var type = await silo.AddAgentTypeAsync();
        var id = await type.StoreAsync("s", "a", 1);
        await type.StoreAsync("s", "a", 2);
        var result = await type.Grain.Upsert(Given.Value("s", "a", 5), WriteMode.Durable);
        Assert.Equal((3, 3), (result.VisitCount, result.TdError));
        Assert.Equal(
            (id, 5, 3, 0.52, 0.48), (await type.RowsAsync()).Select(r => (r.Id, r.Value, r.Visits, r.Confidence, r.Uncertainty)).Single());
    }

    [Fact]
    public async Task A_new_Q_value_expires_after_the_time_to_live_of_its_type()
    {
        var type = await silo.AddAgentTypeAsync("""{"ttlDays": 3}""");
        await type.Grain.Upsert(Given.Value("s", "a", 1), WriteMode.Durable);
        var left = await silo.Database.QueryAsync<TimeSpan>($"select expires_at - now() from q_values where agent_type = '{type.Name}'");
        Assert.InRange(left, TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1));
    }

    private async Task AssertSameRowsAsync((int State, int Action, int Thousandths)[] upserts)
    {
        var (grain, sql) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        foreach (var part in upserts.Chunk(30))
        {
            await grain.Grain.UpsertMany(
                [.. part.Select(u => Given.Value($"s{u.State}", $"a{u.Action}", u.Thousandths / 1000.0))],
                part[0].State % 2 == 0 ? WriteMode.Durable : WriteMode.WriteBehind);
        }

        foreach (var (state, action, thousandths) in upserts)
        {
            await sql.StoreAsync($"s{state}", $"a{action}", thousandths / 1000.0);
        }

        await grain.Grain.Flush();
        Assert.Equal(Comparable(await sql.RowsAsync()), Comparable(await grain.RowsAsync()));
    }

    private static IEnumerable<QRow> Comparable(IEnumerable<QRow> rows) => rows.Select(row => row with { Id = 0 });
}
