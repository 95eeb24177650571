using Npgsql;
using QLearning.Storage.Agents;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.Checks;
using QLearning.Storage.Maintenance;
using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.Sql;

/// <summary>What takes long by its nature ends well also where the role or the database has time limits for statements.</summary>
public sealed class TimeLimitTests : DatabaseTest
{
    private NpgsqlDataSource Limited { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Limited = NpgsqlDataSource.Create(
            Database.ConnectionString + ";Command Timeout=4;Options=-c statement_timeout=3000 -c lock_timeout=3000");
    }

    public override async Task DisposeAsync()
    {
        await Limited.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task The_views_are_refreshed_although_it_takes_longer()
    {
        await SlowRefreshAsync();
        await new MaterializedViews(Limited).RefreshAsync(CancellationToken.None);
        Assert.Equal(1, await CountAsync("refreshed"));
    }

    [Fact]
    public async Task The_database_is_checked_although_the_refresh_takes_longer()
    {
        await SlowRefreshAsync();
        await new ConsistencyCheck(Limited, TimeProvider.System).RunAsync(true, 1, CancellationToken.None);
        Assert.Equal(1, await CountAsync("refreshed"));
    }

    [Theory]
    [InlineData("q_values")]
    [InlineData("trajectories")]
    [InlineData("pattern_uses")]
    public async Task Expired_rows_are_deleted_although_it_takes_longer(string slowTable)
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            values ('test-generator', 's', '1', 'a', '1', now() - interval '1 s');
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('test-generator', 'p', 't', '1');
            insert into pattern_uses (use_id, pattern_id, used_at)
            select gen_random_uuid(), pattern_id, now() - interval '2 days' from patterns
            """);
        await AddTrajectoryAsync();
        await SlowDeletionAsync(slowTable);
        var deleted = await new ExpiredRows(Limited).DeleteAsync(100, TimeSpan.FromDays(30), CancellationToken.None);
        Assert.Equal([1, 1, 0, 0], deleted.Select(table => table.Rows));
        Assert.Equal(0, await CountAsync("pattern_uses"));
    }

    [Fact]
    public async Task An_agent_type_is_deleted_although_it_takes_longer()
    {
        await AddTrajectoryAsync();
        await SlowDeletionAsync("trajectories");
        await new AgentTypeRemoval(Limited).RemoveAsync(Generator, isDryRun: false, CancellationToken.None);
        Assert.Equal((0, 0), (await CountAsync("trajectories"), await CountAsync($"agent_types where agent_type = '{Generator}'")));
    }

    [Fact]
    public async Task An_agent_is_deleted_although_it_takes_longer()
    {
        await AddTrajectoryAsync();
        await SlowDeletionAsync("trajectories");
        await new AgentStore(Limited).RemoveAsync(AgentKey.For(Generator, "tg-1"), isDryRun: false, CancellationToken.None);
        Assert.Equal(0, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task A_Q_table_is_erased_although_it_takes_longer()
    {
        var partition = TablePartition.Whole(Generator);
        var taken = await new QTableOwnership(Database.DataSource).TakeAsync(partition, repartition: false, CancellationToken.None);
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 1)");
        await SlowDeletionAsync("q_values");
        var owner = new QTableOwner(partition, taken.Epoch!.Value, taken.OwnerId);
        Assert.Equal(1, await new QTableEraser(Limited).EraseAllAsync(owner, isDryRun: false, CancellationToken.None));
        Assert.Equal(0, await CountAsync("q_values"));
    }

    [Fact]
    public async Task A_Q_table_is_loaded_although_it_takes_longer()
    {
        await Database.ExecuteInAsync("""
            select upsert_q_value('test-generator', 's', '1', 'a', '1', 1);
            alter table q_values rename to all_q_values;
            create view q_values as
                select q.* from all_q_values q cross join lateral (select pg_sleep(5) where q.q_value_id > 0 offset 0) p
            """);
        var rows = new List<StoredQValue>();
        await new QTableReader(Limited).LoadAllAsync(TablePartition.Whole(Generator), rows.Add, CancellationToken.None);
        Assert.Single(rows);
    }

    private async Task AddTrajectoryAsync() => await Database.ExecuteInAsync("""
        insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                  total_reward, discounted_reward, execution_time_ms, success, started_at, completed_at, expires_at,
                                  metadata)
        values ('test-generator', 't', '1', '1', '["a"]', '[1]', '[1]', 1, 1, 1, true, now(), now(), now() - interval '1 s',
                '{"agent_instance": "tg-1"}')
        """);

    private async Task SlowRefreshAsync() => await Database.ExecuteInAsync("""
        create table refreshed (at timestamptz);
        create or replace function refresh_materialized_views() returns void language plpgsql as $$
            begin perform pg_sleep(5); insert into refreshed values (now()); end $$
        """);

    private async Task SlowDeletionAsync(string table) => await Database.ExecuteInAsync($"""
        create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return null; end $$;
        create trigger slow after delete on {table} for each row execute function slow()
        """);
}
