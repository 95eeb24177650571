using Orleans.Core.Internal;

namespace QLearning.Grains.Tests.QTables;

/// <summary>A row that PostgreSQL refuses takes no other along when its grain goes.</summary>
public sealed class RefusedRowsAtStopTests(SmallBatchSilo silo) : IClassFixture<SmallBatchSilo>
{
    [Theory]
    [InlineData(0)]
    [InlineData(0, 1, 2)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(0, 4, 9)]
    public async Task All_other_rows_are_stored(params int[] refused)
    {
        var type = await silo.AddAgentTypeAsync();
        var bad = string.Join(',', refused.Select(i => $"'s{i}'"));
        await silo.Database.ExecuteInAsync($"""
            alter table q_values add constraint refused_of_{type.Name.Replace('-', '_')}
                check (agent_type <> '{type.Name}' or state_hash not in ({bad})) not valid
            """);
        await type.Grain.UpsertMany([.. Enumerable.Range(0, 10).Select(i => Given.Value($"s{i}", "a", i))], WriteMode.WriteBehind);
        Assert.Empty(await type.RowsAsync());
        await type.Grain.Cast<IGrainManagementExtension>().DeactivateOnIdle();
        await Eventually.Holds(
            async () => (await type.RowsAsync()).Length == 10 - refused.Length, "all rows but the refused ones in PostgreSQL");
        Assert.Equal(
            Enumerable.Range(0, 10).Except(refused).Select(i => $"s{i}"), (await type.RowsAsync()).Select(row => row.State));
    }
}
