using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>The row that makes a late reward count once is stored with what was learned from it, or not at all.</summary>
public sealed class RewardWriteTests : QTableTest
{
    private static readonly Guid _id = new("0198c0de-0000-7000-8000-0000000000aa");
    private static readonly Guid _session = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _trajectory = new("0198c0de-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset _time = new(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2));

    [Fact]
    public async Task A_reward_has_every_value_of_its_write()
    {
        await AddTrajectoryAsync();
        var owner = await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Batch(owner, 1, Reward(_id) with { SessionId = _session, TrajectoryId = _trajectory }));
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal(
            [$"{Generator}|{_session}|{_trajectory}|s1|a1|-1.2500|delayed|ci|2026-02-03 02:05:06|{{\"id\": \"{_id}\", \"learned\": true}}"],
            await RowsAsync("""
                select agent_type, session_id, trajectory_id, state_hash, action_hash, reward_value, reward_type, reward_source,
                       (observed_at at time zone 'UTC')::text, metadata::text from rewards
                """));
    }

    [Fact]
    public async Task A_fenced_flush_stores_no_reward()
    {
        var stale = await TakeAsync(Generator);
        await TakeAsync(Generator);
        Assert.Equal(FlushStatus.Fenced, (await Pump.WriteAsync(Batch(stale, 1, Reward(_id)))).Status);
        Assert.Equal(0, await CountAsync("rewards"));
    }

    [Fact]
    public async Task A_reward_that_is_stored_already_stays_as_it_is_and_holds_nothing_up()
    {
        var owner = await TakeAsync(Generator);
        await Pump.WriteAsync(Batch(owner, 1, Reward(_id)));
        var again = await Pump.WriteAsync(Batch(
            owner, 2, Reward(_id) with { Value = 9 }, Reward(_id) with { State = StateKey.Parse("s2") }, Reward(Guid.NewGuid())));
        Assert.Equal((FlushStatus.Written, 0), (again.Status, again.LeftOut.Count));
        Assert.Equal(
            ["s1|-1.2500", "s2|-1.2500", "s1|-1.2500"], await RowsAsync("select state_hash, reward_value from rewards order by reward_id"));
        Assert.Equal(["2"], await RowsAsync("select watermark from q_table_owners"));
    }

    [Fact]
    public async Task A_reward_whose_trajectory_and_session_are_gone_is_stored_without_them()
    {
        var owner = await TakeAsync(Generator);
        await Pump.WriteAsync(Batch(owner, 1, Reward(_id) with { SessionId = _session, TrajectoryId = _trajectory }));
        Assert.Equal(["null|null|s1"], await RowsAsync("select session_id, trajectory_id, state_hash from rewards"));
    }

    [Fact]
    public async Task A_trajectory_that_is_deleted_while_the_flush_waits_for_it_is_left_out()
    {
        await AddTrajectoryAsync();
        var owner = await TakeAsync(Generator);
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var delete = new NpgsqlCommand("delete from trajectories", connection))
        {
            await delete.ExecuteNonQueryAsync();
        }

        var written = Pump.WriteAsync(Batch(owner, 1, Reward(_id) with { SessionId = _session, TrajectoryId = _trajectory }));
        await Eventually.Holds(
            async () => await Database.QueryAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "the flush waits for the trajectory");
        await transaction.CommitAsync();
        Assert.Equal((FlushStatus.Written, 0), ((await written).Status, (await written).LeftOut.Count));
        Assert.Equal([$"{_session}|null"], await RowsAsync("select session_id, trajectory_id from rewards"));
    }

    [Fact]
    public async Task A_reward_that_postgres_refuses_takes_what_was_learned_from_it_along_and_nothing_else()
    {
        var owner = await TakeAsync(Generator);
        var bad = Reward(Guid.NewGuid()) with { Source = new string('x', 101) };
        var good = Reward(_id) with { State = StateKey.Parse("s2") };
        var batch = Writes.Batch(Generator, owner, 1, Writes.Insert("s1"), Writes.Insert("s2"));
        var outcome = await Pump.WriteAsync(batch with { Rewards = [bad, good, Reward(Guid.NewGuid())] });
        Assert.Equal((FlushStatus.Written, 0), (outcome.Status, Assert.Single(outcome.LeftOut)));
        Assert.IsType<PostgresException>(outcome.Error);
        Assert.Equal([1], outcome.RowIds.Keys);
        Assert.Equal([$"{_id}"], await RowsAsync("select metadata ->> 'id' from rewards"));
        Assert.Equal(["s2"], await RowsAsync("select state_hash from q_values"));
    }

    private static QTableBatch Batch(OwnershipTaken owner, long watermark, params RewardWrite[] rewards) =>
        Writes.Batch(Generator, owner, watermark, Writes.Insert("s1")) with { Rewards = rewards };

    private static RewardWrite Reward(Guid id) =>
        new(id, null, null, StateKey.Parse("s1"), ActionKey.Parse("a1"), -1.25, "ci", _time);

    private async Task AddTrajectoryAsync() => await Database.ExecuteInAsync($"""
        insert into sessions (session_id, agent_type) values ('{_session}', '{Generator}');
        insert into trajectories (trajectory_id, agent_type, session_id, task_id, initial_state, final_state, actions_taken, states_visited,
                                  step_rewards, total_reward, discounted_reward, execution_time_ms, success, started_at)
        values ('{_trajectory}', '{Generator}', '{_session}', 't', '1', '1', '[]', '[]', '[]', 0, 0, 1, true, now())
        """);
}
