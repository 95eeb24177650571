using QLearning.Storage.Maintenance;

namespace QLearning.Storage.Tests.Maintenance;

/// <summary>Clean-up deletes what has expired, in small transactions, and nothing else.</summary>
public sealed class ExpiredRowsTests : DatabaseTest
{
    private static readonly TimeSpan _looseLife = TimeSpan.FromDays(30);

    private const string OneExpired =
        "select min(reward_id) from rewards join trajectories t using (trajectory_id) where t.expires_at <= now()";

    private ExpiredRows Rows => new(Database.DataSource);

    [Fact]
    public async Task Only_what_has_expired_is_deleted()
    {
        await FillAsync(trajectories: 3, rewardsEach: 4);
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            select 'test-generator', 's' || i, '1', 'a', '1',
                   case i % 3 when 0 then now() - interval '1 s' when 1 then now() + interval '1 day' end
            from generate_series(1, 9) i;
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, expires_at) values
                ('test-generator', 'old', 't', '1', now() - interval '1 s'), ('test-generator', 'new', 't', '1', null);
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at) values
                ('test-generator', 's', 'a', 1, 'delayed', now() - interval '31 days'), ('test-generator', 's', 'a', 1, 'delayed', now());
            insert into pattern_uses (use_id, pattern_id, used_at)
            select gen_random_uuid(), pattern_id, now() - interval '2 days' from patterns where pattern_name = 'new';
            insert into pattern_uses (use_id, pattern_id) select gen_random_uuid(), pattern_id from patterns where pattern_name = 'new'
            """);
        var deleted = await Rows.DeleteAsync(10_000, _looseLife, CancellationToken.None);
        Assert.Equal(
            [new("q_values", 3), new("trajectories", 3), new("rewards", 13), new("patterns", 1)], deleted);
        Assert.Equal(
            (6, 1, 5, 1, 1),
            (
                await CountAsync("q_values"),
                await CountAsync("trajectories"),
                await CountAsync("rewards"),
                await CountAsync("patterns"),
                await CountAsync("pattern_uses")));
        Assert.All(await Rows.DeleteAsync(10_000, _looseLife, CancellationToken.None), table => Assert.Equal(0, table.Rows));
    }

    [Fact]
    public async Task Clients_that_were_silent_for_a_day_are_forgotten()
    {
        await Database.ExecuteInAsync("""
            insert into q_table_owners (agent_type, epoch) values ('test-generator', 1);
            insert into q_table_clients (agent_type, client_id, floor, above, used_at) values
                ('test-generator', gen_random_uuid(), 1, '{}', now() - interval '26 hours'),
                ('test-generator', gen_random_uuid(), 2, '{}', now() - interval '24 hours')
            """);
        await Rows.DeleteAsync(10_000, _looseLife, CancellationToken.None);
        Assert.Equal(2, await Database.QueryAsync<long>("select floor from q_table_clients"));
    }

    [Fact]
    public async Task Request_keys_are_forgotten_an_hour_after_they_stopped_to_count()
    {
        await Database.ExecuteInAsync("""
            insert into idempotency_keys (scope, key, request, client_id, first_number, holder, held_until, created_at) values
                ('', 'old', '', gen_random_uuid(), 1, gen_random_uuid(), now(), now() - interval '26 hours'),
                ('', 'new', '', gen_random_uuid(), 2, gen_random_uuid(), now(), now() - interval '24 hours')
            """);
        await Rows.DeleteAsync(10_000, _looseLife, CancellationToken.None);
        Assert.Equal(2, await Database.QueryAsync<long>("select first_number from idempotency_keys"));
    }

    [Fact]
    public async Task No_transaction_deletes_more_rows_than_allowed()
    {
        const int Limit = 7;
        await FillAsync(trajectories: 10, rewardsEach: 9);
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            select 'test-generator', 's' || i, '1', 'a', '1', now() - interval '1 s' from generate_series(1, 40) i;
            create table deletions (transaction bigint);
            create function count_deletion() returns trigger language plpgsql as $$
                begin insert into deletions values (txid_current()); return null; end $$;
            create trigger count_q after delete on q_values for each row execute function count_deletion();
            create trigger count_t after delete on trajectories for each row execute function count_deletion();
            create trigger count_r after delete on rewards for each row execute function count_deletion()
            """);
        await Rows.DeleteAsync(Limit, _looseLife, CancellationToken.None);
        Assert.Equal(40 + 10 + 90, await CountAsync("deletions"));
        Assert.InRange(
            await Database.QueryAsync<long>("select max(n) from (select count(*) as n from deletions group by transaction) t"), 1, Limit);
    }

    [Fact]
    public async Task Rows_that_another_transaction_holds_are_left_for_the_next_run()
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            select 'test-generator', 's' || i, '1', 'a', '1', now() - interval '1 s' from generate_series(1, 5) i
            """);
        await using (var connection = await Database.DataSource.OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var command = new Npgsql.NpgsqlCommand("select 1 from q_values where state_hash = 's3' for update", connection);
            await command.ExecuteNonQueryAsync();
            Assert.Equal(4, (await Rows.DeleteAsync(2, _looseLife, CancellationToken.None))[0].Rows);
        }

        Assert.Equal(1, (await Rows.DeleteAsync(2, _looseLife, CancellationToken.None))[0].Rows);
    }

    [Fact]
    public async Task A_trajectory_with_a_reward_that_another_transaction_holds_is_left_and_the_others_go()
    {
        await FillAsync(trajectories: 6, rewardsEach: 3);
        await using (var held = await HeldLock.TakeAsync(Database, $"update rewards set reward_value = 2 where reward_id = ({OneExpired})"))
        {
            var deleted = await Rows.DeleteAsync(2, _looseLife, CancellationToken.None).WaitAsync(Eventually.DefaultDeadline);
            Assert.Equal([0, 5, 17, 0], deleted.Select(table => table.Rows));
        }

        Assert.Equal([0, 1, 1, 0], (await Rows.DeleteAsync(2, _looseLife, CancellationToken.None)).Select(table => table.Rows));
    }

    [Fact]
    public async Task The_SQL_function_leaves_a_trajectory_with_a_held_reward_and_deletes_the_others()
    {
        await FillAsync(trajectories: 6, rewardsEach: 3);
        await using (await HeldLock.TakeAsync(Database, $"select from rewards where reward_id = ({OneExpired}) for update"))
        {
            Assert.Equal(
                ["q_values|0", "trajectories|5", "patterns|0"],
                await RowsAsync("select * from cleanup_expired_data()").WaitAsync(Eventually.DefaultDeadline));
        }

        Assert.Equal((2, 6), (await CountAsync("trajectories"), await CountAsync("rewards")));
        Assert.Equal(["1"], await RowsAsync("select deleted from cleanup_expired_batch('trajectories')"));
    }

    [Fact]
    public async Task A_pattern_with_a_use_that_another_transaction_holds_is_left_and_the_others_go()
    {
        await Database.ExecuteInAsync("""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, expires_at)
            select 'test-generator', 'p' || i, 't', '1', now() - interval '1 s' from generate_series(1, 3) i;
            insert into pattern_uses (use_id, pattern_id) select gen_random_uuid(), pattern_id from patterns
            """);
        await using var held = await HeldLock.TakeAsync(
            Database, "select from pattern_uses join patterns using (pattern_id) where pattern_name = 'p1' for update of pattern_uses");
        var deleted = await Rows.DeleteAsync(2, _looseLife, CancellationToken.None).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal([0, 0, 0, 2], deleted.Select(table => table.Rows));
        Assert.Equal(["p1"], await RowsAsync("select pattern_name from patterns"));
    }

    [Fact]
    public async Task Batches_pass_over_trajectories_whose_rewards_are_all_held()
    {
        await FillAsync(trajectories: 6, rewardsEach: 1);
        const string Oldest = "select trajectory_id from trajectories where task_id in ('task 1', 'task 2', 'task 3')";
        await Database.ExecuteInAsync(
            $"update trajectories set expires_at = expires_at - interval '1 day' where trajectory_id in ({Oldest})");
        await using var held = await HeldLock.TakeAsync(Database, $"select from rewards where trajectory_id in ({Oldest}) for update");
        for (var free = 1; free <= 3; free++)
        {
            Assert.Equal(["1"], await RowsAsync("select deleted from cleanup_expired_batch('trajectories', 1)"));
        }

        Assert.Equal(["0|true"], await RowsAsync("select deleted, reached is null from cleanup_expired_batch('trajectories', 2)"));
        Assert.Equal(4, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task The_SQL_function_deletes_old_rewards_without_a_trajectory_too_and_answers_three_rows()
    {
        await Database.ExecuteInAsync("""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at) values
                ('test-generator', 's', 'a', 1, 'delayed', now() - interval '31 days'), ('test-generator', 's', 'a', 1, 'delayed', now())
            """);
        Assert.Equal(["q_values|0", "trajectories|0", "patterns|0"], await RowsAsync("select * from cleanup_expired_data()"));
        Assert.Equal(1, await CountAsync("rewards"));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be()
    {
        await using var nowhere = Nowhere();
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new ExpiredRows(nowhere).DeleteAsync(10, _looseLife, CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => new MaterializedViews(nowhere).RefreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_refresh_makes_the_views_show_what_is_stored()
    {
        await FillAsync(trajectories: 0, rewardsEach: 1);
        await new MaterializedViews(Database.DataSource).RefreshAsync(CancellationToken.None);
        Assert.Equal(
            ["1|1.0000"],
            await RowsAsync(
                "select total_trajectories, cumulative_reward from agent_performance_summary where agent_type = 'test-generator'"));
    }

    /// <summary>Expired trajectories with rewards, and one that lives.</summary>
    private async Task FillAsync(int trajectories, int rewardsEach)
    {
        await Database.ExecuteInAsync($"""
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at, expires_at)
            select 'test-generator', 'task ' || i, '1', '1', '[]', '[]', '[]', 1, 1, 1, true, now(),
                   case when i = 0 then now() + interval '1 day' else now() - interval '1 s' end
            from generate_series(0, {trajectories}) i
            """);
        await Database.ExecuteInAsync($"""
            insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type, observed_at)
            select agent_type, trajectory_id, 's', 'a', 1, 'immediate', now() - interval '90 days'
            from trajectories, generate_series(1, {rewardsEach})
            """);
    }
}
