using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>Late rewards that were stored twice before their ids became unique all stay; all but the oldest give their id up.</summary>
public sealed class RewardIdsTests : MigrationTest
{
    private static readonly MigrationScript _script = MigrationScript.All.Single(
        script => script.Name.EndsWith("delayed_reward_ids.sql", StringComparison.Ordinal));

    [Fact]
    public async Task Rows_that_repeat_an_id_stay_without_it()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("""
            drop index uq_rewards_delayed;
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, metadata) values
                ('test-generator', 's', 'a', 1, 'delayed', '{"learned": true, "id": "x"}'),
                ('test-generator', 's', 'a', 2, 'delayed', '{"learned": true, "id": "x"}'),
                ('test-generator', 's', 'b', 3, 'delayed', '{"learned": true, "id": "x"}'),
                ('test-generator', 's', 'a', 4, 'delayed', '{"learned": true}'),
                ('test-generator', 's', 'a', 5, 'delayed', '{"id": "x"}'),
                ('test-generator', 's', 'a', 6, 'immediate', '{"learned": true, "id": "x"}');
            """);
        await Database.ExecuteInAsync(_script.Sql);
        await Database.ExecuteInAsync(_script.Sql);
        Assert.Equal(
            ["1.0000|x|null", "2.0000|null|x", "3.0000|x|null", "4.0000|null|null", "5.0000|x|null", "6.0000|x|null"],
            await RowsAsync(
                "select reward_value, metadata ->> 'id' as id, metadata ->> 'repeats_id' as repeats from rewards order by reward_value"));
        Assert.Equal(0, await Database.ExecuteInAsync("""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, metadata)
            values ('test-generator', 's', 'a', 7, 'delayed', '{"learned": true, "id": "x"}') on conflict do nothing
            """));
    }

    [Fact]
    public async Task Rows_of_other_programs_may_repeat_an_id()
    {
        await MigrateAsync();
        Assert.Equal(2, await Database.ExecuteInAsync("""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, metadata)
            select 'test-generator', 's', 'a', 7, 'delayed', '{"id": "x"}' from generate_series(1, 2)
            """));
    }
}
