namespace QLearning.Grains.Tests.QTables;

/// <summary>Rows that other programs delete or change while they are hot: what is learned from then on is not lost.</summary>
[Collection(SharedSilo.Name)]
public sealed class VanishedRowsTests(SiloFixture silo)
{
    [Fact]
    public async Task A_row_deleted_while_hot_is_inserted_anew_before_a_durable_update_is_acknowledged()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s", "a", 1), Given.Value("s", "b", 2)], WriteMode.Durable);
        await WriteAsync($"delete from q_values where agent_type = '{type.Name}' and action_hash = 'a'");
        await type.Grain.UpsertMany([Given.Value("s", "a", 3), Given.Value("s", "b", 4)], WriteMode.Durable);
        Assert.Equal([("a", 3, 2), ("b", 4, 2)], (await type.RowsAsync()).Select(row => (row.Action, row.Value, row.Visits)));
        await type.Grain.Upsert(Given.Value("s", "a", 5), WriteMode.Durable);
        Assert.Equal([("a", 5, 3), ("b", 4, 2)], (await type.RowsAsync()).Select(row => (row.Action, row.Value, row.Visits)));
    }

    [Fact]
    public async Task All_rows_of_a_type_may_vanish()
    {
        var type = await silo.AddAgentTypeAsync();
        var upserts = Enumerable.Range(0, 300).Select(i => Given.Value($"s{i}", "a", i)).ToArray();
        await type.Grain.UpsertMany(upserts, WriteMode.Durable);
        await WriteAsync($"delete from q_values where agent_type = '{type.Name}'");
        await type.Grain.UpsertMany(upserts, WriteMode.Durable);
        var rows = await type.RowsAsync();
        Assert.Equal((300, 600), (rows.Length, rows.Sum(row => row.Visits)));
        Assert.All(rows, row => Assert.Equal(("\"a\"", $"\"{row.State}\""), (row.ActionJson, row.StateJson)));
    }

    [Fact]
    public async Task A_row_that_SQL_inserted_meanwhile_is_taken_over()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        await WriteAsync($"select upsert_q_value('{type.Name}', 's', '\"s\"', 'a', '\"a\"', 9)");
        var id = (await type.RowsAsync()).Single().Id;
        await type.Grain.Upsert(Given.Value("s", "a", 1), WriteMode.Durable);
        await type.Grain.Upsert(Given.Value("s", "a", 2), WriteMode.Durable);
        Assert.Equal((id, 2, 2), (await type.RowsAsync()).Select(row => (row.Id, row.Value, row.Visits)).Single());
    }

    [Theory]
    [InlineData("agent_type", "quality-gate")]
    [InlineData("state_hash", "elsewhere")]
    public async Task A_row_that_SQL_moves_while_it_is_dirty_is_stored_anew_in_its_place_and_the_next_update_is_durable(
        string column, string place)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value($"{type.Name}-s", "a", 1)], WriteMode.Durable);
        await using (await type.HoldFlushesAsync())
        {
            await type.Grain.UpsertMany([Given.Value($"{type.Name}-s", "a", 2)], WriteMode.WriteBehind);
            await silo.Database.ExecuteInAsync($"update q_values set {column} = '{place}' where agent_type = '{type.Name}'");
        }

        await type.Grain.UpsertMany([Given.Value($"{type.Name}-s", "a", 3)], WriteMode.Durable);
        Assert.Equal(
            (3.0, 3), (await type.RowsAsync()).Where(row => row.State == $"{type.Name}-s").Select(row => (row.Value, row.Visits)).Single());
        Assert.Equal(1.0, await silo.Database.QueryAsync<double>(
            $"select q_value::float8 from q_values where {column} = '{place}' and '{type.Name}-s' in (state_hash, state_data #>> '{{}}')"));
    }

    [Fact]
    public async Task A_state_keeps_its_description_when_its_row_vanished_and_is_inserted_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var described = State.FromJson("""{"coverage":40}""");
        await type.Grain.Upsert(new QValueUpsert(described, AgentAction.Named("a"), 1), WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"delete from q_values where agent_type = '{type.Name}'");
        await type.Grain.Upsert(new QValueUpsert(described, AgentAction.Named("a"), 2), WriteMode.Durable);
        Assert.Equal("""{"coverage": 40}""", (await type.RowsAsync()).Single().StateJson);
    }

    /// <summary>Writes without being noted, so that the grain does not hear of it before the next call.</summary>
    private Task<int> WriteAsync(string sql) => silo.Database.ExecuteInAsync($"select set_config('qlearning.flush', 'on', true); {sql}");
}
