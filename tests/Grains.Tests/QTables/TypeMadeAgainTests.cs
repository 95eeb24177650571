namespace QLearning.Grains.Tests.QTables;

/// <summary>A client whose updates an owner has acknowledged and not stored goes on when SQL takes that owner's rows away.</summary>
public sealed class TypeMadeAgainTests(SmallSiloBacklog silo) : IClassFixture<SmallSiloBacklog>
{
    [Fact]
    public async Task After_its_agent_type_was_deleted_and_made_again_by_SQL_it_learns_and_all_becomes_durable()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.LearnAsync(Given.Last("s", "a", 1), WriteMode.WriteBehind);
        Assert.Equal(1, client.NotDurableCount);

        await silo.Database.ExecuteInAsync($"""
            delete from agent_types where agent_type = '{type.Name}';
            insert into agent_types (agent_type, display_name) values ('{type.Name}', 'again')
            """);

        await client.LearnAsync(Given.Last("t", "a", 1), WriteMode.Durable);
        await client.FlushAsync();
        Assert.Equal([("s", 1), ("t", 1)], (await type.RowsAsync()).Select(row => (row.State, row.Visits)).Order());
        Assert.Equal(0, client.NotDurableCount);
    }

    [Fact]
    public async Task After_a_backup_set_the_epochs_back_it_learns_and_all_becomes_durable()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.LearnAsync(Given.Last("s", "a", 1), WriteMode.WriteBehind);

        await silo.Database.ExecuteInAsync($"""
            update q_table_owners set epoch = 1, watermark = 0, owner_id = gen_random_uuid() where agent_type = '{type.Name}';
            select setval('q_table_epochs', 1)
            """);

        await client.LearnAsync(Given.Last("t", "a", 1), WriteMode.Durable);
        await client.FlushAsync();
        Assert.Equal([("s", 1), ("t", 1)], (await type.RowsAsync()).Select(row => (row.State, row.Visits)).Order());
        Assert.Equal(0, client.NotDurableCount);
    }
}
