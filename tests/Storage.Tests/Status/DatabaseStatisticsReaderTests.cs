using QLearning.Storage.Status;

namespace QLearning.Storage.Tests.Status;

/// <summary>How the database is, read beside those who work in it.</summary>
public sealed class DatabaseStatisticsReaderTests : DatabaseTest
{
    private Task<DatabaseStatistics> ReadAsync() => new DatabaseStatisticsReader(Database.DataSource).ReadAsync(CancellationToken.None);

    [Fact]
    public async Task Dead_rows_sizes_and_the_share_of_HOT_updates_are_those_of_PostgreSQL()
    {
        await Database.ExecuteInAsync("alter table q_values set (autovacuum_enabled = off)");
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data)
            select 'quality-gate', 's' || n, '1', 'a', '1' from generate_series(1, 100) n;
            """);
        await Database.ExecuteInAsync("delete from q_values where state_hash in ('s1', 's2', 's3'); update q_values set visit_count = 2;");
        // Statistics reach others when a session has been idle for a moment.
        await Database.ExecuteInAsync("select pg_stat_force_next_flush()");
        await Eventually.Holds(async () => Table(await ReadAsync()).HotShare is not null, "the statistics of the updates");

        var table = Table(await ReadAsync());
        Assert.Equal((97, true), (table.Rows, table.DeadRows is >= 3 and <= 100));
        Assert.InRange(table.HotShare!.Value, 0.5, 1);
        Assert.Equal(await Database.QueryAsync<long>("select pg_total_relation_size('q_values')"), table.TotalBytes);
    }

    [Fact]
    public async Task Q_values_that_are_expired_or_no_number_are_left_out()
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count, expires_at)
            values ('quality-gate', 's1', '1', 'a1', '1', -5, 1, null),
                   ('quality-gate', 's1', '1', 'a2', '1', 15, 3, '2090-01-01Z'),
                   ('quality-gate', 's2', '1', 'a1', '1', 99, 9, '2020-01-01Z'),
                   ('quality-gate', 's3', '1', 'a1', '1', 'NaN', 9, null);
            """);
        Assert.Equal(
            [new QValueStatistics(Gate, 2, 1, -5, 5, 15, 2, 0.5)],
            (await ReadAsync()).QValues);
    }

    [Fact]
    public async Task A_reward_that_is_no_number_is_shown_as_none()
    {
        await Database.ExecuteInAsync("""
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at)
            values ('quality-gate', 't', '1', '1', '[]', '[]', '[]', 'NaN', 1, 1, true, now());
            select refresh_materialized_views();
            """);
        var summary = Assert.Single((await ReadAsync()).AgentTypes);
        Assert.Equal((1L, 1L, (double?)null), (summary.Trajectories, summary.Successful, summary.MeanReward));
    }

    [Fact]
    public async Task Each_index_of_the_schema_is_listed_with_its_use()
    {
        await Database.ExecuteInAsync("set enable_seqscan = off; select * from patterns where pattern_type = 'x'");
        await Database.ExecuteInAsync("select pg_stat_force_next_flush()");
        await Eventually.Holds(
            async () => (await ReadAsync()).Indexes.Any(index => index is { Index: "idx_patterns_type", Scans: > 0 }),
            "the use of the index");
        var indexes = (await ReadAsync()).Indexes;
        Assert.True(indexes.Single(index => index.Index == "uq_agent_state_action").IsUnique);
        Assert.Equal(
            await Database.QueryAsync<long>("select count(*) from pg_indexes where schemaname = 'public'"), indexes.Count);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => new DatabaseStatisticsReader(nowhere).ReadAsync(CancellationToken.None));
    }

    private static TableStatistics Table(DatabaseStatistics statistics) => statistics.Tables.Single(table => table.Table == "q_values");
}
