using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>The sequence of epochs begins above every epoch that was ever taken.</summary>
public sealed class EpochSequenceTests : MigrationTest
{
    private static readonly MigrationScript _script = MigrationScript.All.Single(
        script => script.Name.EndsWith("q_table_epochs.sql", StringComparison.Ordinal));

    [Fact]
    public async Task It_begins_above_the_epochs_of_a_database_that_counted_for_each_part()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("""
            drop sequence q_table_epochs;
            insert into q_table_owners (agent_type, partition, epoch) values ('test-generator', 0, 41), ('test-executor', 0, 7);
            """);
        await Database.ExecuteInAsync(_script.Sql);
        Assert.Equal(42, await Database.QueryAsync<long>("select take_q_table('test-executor', 0, 1, false)"));
    }

    [Fact]
    public async Task A_second_run_sets_nothing_back()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("select take_q_table('test-executor', 0, 1, false) from generate_series(1, 5)");
        await Database.ExecuteInAsync("update q_table_owners set epoch = 2");
        await Database.ExecuteInAsync(_script.Sql);
        Assert.Equal(6, await Database.QueryAsync<long>("select take_q_table('test-executor', 0, 1, false)"));
    }
}
