namespace QLearning.Grains.Tests.QTables;

/// <summary>A Q-value that PostgreSQL refuses stays in memory and keeps nothing else of its agent type from becoming durable.</summary>
public sealed class RefusedRowsTests(SmallSiloBacklog silo) : IClassFixture<SmallSiloBacklog>
{
    [Fact]
    public async Task The_others_become_durable_and_so_does_it_when_it_is_learned_again_and_allowed()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync("alter table q_values add constraint refused check (action_hash <> 'bad') not valid");
        await type.Grain.UpsertMany(
            [Given.Value("s1", "a", 1), Given.Value("s1", "bad", 2), Given.Value("s2", "a", 3)], WriteMode.WriteBehind);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.Flush());
        Assert.Contains($"store 1 of 3 Q-values of '{type.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Equal([("s1", "a"), ("s2", "a")], (await type.RowsAsync()).Select(row => (row.State, row.Action)));
        Assert.Equal((0L, 1L), (silo.Backlog.QValues, silo.Backlog.Refused));
        Assert.Equal(2, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);

        await type.Grain.Upsert(Given.Value("s3", "a", 4), WriteMode.Durable);
        await silo.Database.ExecuteInAsync("alter table q_values drop constraint refused");
        await type.Grain.Upsert(Given.Value("s1", "bad", 5), WriteMode.Durable);
        Assert.Equal(
            [("s1", "a", 1), ("s1", "bad", 2), ("s2", "a", 1), ("s3", "a", 1)],
            (await type.RowsAsync()).Select(row => (row.State, row.Action, row.Visits)));
    }
}
