namespace QLearning.Storage.Tests.Migrations;

/// <summary>A database that publishes all of its tables goes on writing them.</summary>
public sealed class PublicationTests : DatabaseTest
{
    [Fact]
    public async Task Rows_of_every_logged_table_can_be_updated_and_deleted_while_all_tables_are_published()
    {
        await Database.ExecuteInAsync("create publication everything for all tables");
        var tables = await RowsAsync("""
            select c.oid::regclass as name from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p' order by 1
            """);
        Assert.Contains("orleans_grain_state", tables);
        foreach (var table in tables)
        {
            // Refused when the statement begins, whether there are rows or not.
            Assert.Equal(0, await Database.ExecuteInAsync($"delete from {table} where false"));
        }

        await Database.ExecuteInAsync("""
            insert into orleans_grain_state (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, grain_type, service_id, version)
            values (1, 1, 1, 1, 't', 's', 1)
            """);
        Assert.Equal(1, await Database.ExecuteInAsync("update orleans_grain_state set version = 2"));
    }
}
