using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Rows that PostgreSQL will never take are told to their owner, and hold up no other owner.</summary>
public sealed class RefusedRowsTests : QTableTest
{
    [Fact]
    public async Task One_owners_bad_rows_do_not_hold_up_the_others()
    {
        var (blocked, bad, good) = (await TakeAsync(Generator), await TakeAsync(Executor), await TakeAsync(Gate));
        await using var lane = await HeldLane.HoldAsync(Database, Pump, Writes.Batch(Generator, blocked, 1, Writes.Insert("s1")));
        var refused = Pump.WriteAsync(Writes.Batch(Executor, bad, 1, Writes.Bad("s1"), Writes.Bad("s2")));
        var written = Pump.WriteAsync(Writes.Batch(Gate, good, 1, Writes.Insert("s1")));
        await lane.ReleaseAsync();
        Assert.Equal(FlushStatus.Refused, (await refused).Status);
        Assert.Equal(PostgresErrorCodes.NumericValueOutOfRange, Assert.IsType<PostgresException>((await refused).Error).SqlState);
        Assert.Equal(FlushStatus.Written, (await written).Status);
        Assert.Equal([Gate, Generator], await RowsAsync("select agent_type from q_values order by agent_type"));
        Assert.Equal(["quality-gate|1", "test-executor|0"], await RowsAsync(
            $"select agent_type, watermark from q_table_owners where agent_type <> '{Generator}' order by agent_type"));
        Assert.Empty(Pump.Retries.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task A_flush_whose_every_row_is_refused_writes_nothing_and_the_next_one_may_succeed()
    {
        var epoch = await TakeAsync(Generator);
        var refused = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, [.. Enumerable.Range(0, 100).Select(i => Writes.Bad($"s{i}"))]));
        Assert.Equal(FlushStatus.Refused, refused.Status);
        Assert.Equal(0, await CountAsync("q_values"));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("s1")))).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_flush_with_few_rows_says_that_each_is_refused(int count)
    {
        var epoch = await TakeAsync(Generator);
        var reward = new RewardWrite(
            Guid.NewGuid(), null, null, StateKey.Parse("s0"), ActionKey.Parse("a1"), 1, null, DateTimeOffset.UnixEpoch);
        var refused = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, [.. Enumerable.Range(0, count).Select(i => Writes.Bad($"s{i}"))])
                with
            { Rewards = [reward], Clients = [new ClientWindow(Guid.NewGuid(), 3, [])] });
        Assert.Equal(FlushStatus.Refused, refused.Status);
        Assert.Equal(Enumerable.Range(0, count), refused.LeftOut);
        Assert.Equal(PostgresErrorCodes.NumericValueOutOfRange, Assert.IsType<PostgresException>(refused.Error).SqlState);
        Assert.Equal((0L, 0L, 0L), (await CountAsync("q_values"), await CountAsync("rewards"), await CountAsync("q_table_clients")));
        Assert.Equal(["0"], await RowsAsync("select watermark from q_table_owners"));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(101, 0, 50, 51, 100)]
    [InlineData(1000, 17)]
    [InlineData(9, 0, 1, 2, 3, 4, 5, 6, 7)]
    [InlineData(400, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)]
    public async Task Only_the_refused_rows_of_a_flush_are_left_out(int count, params int[] bad)
    {
        var epoch = await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Writes.Batch(
            Generator, epoch, 1,
            [.. Enumerable.Range(0, count).Select(i => bad.Contains(i) ? Writes.Bad($"s{i}") : Writes.Insert($"s{i}"))]));
        Assert.Equal((FlushStatus.Written, bad.Length), (outcome.Status, outcome.LeftOut.Count));
        Assert.Equal(PostgresErrorCodes.NumericValueOutOfRange, Assert.IsType<PostgresException>(outcome.Error).SqlState);
        var good = Enumerable.Range(0, count).Except(bad).ToList();
        Assert.Equal(
            good.Select(i => $"s{i}|{outcome.RowIds[i]}").Order(StringComparer.Ordinal),
            (await RowsAsync("select state_hash, q_value_id from q_values")).Order(StringComparer.Ordinal));
        Assert.Equal(good.Count, outcome.RowIds.Count);
        Assert.Equal(["1"], await RowsAsync("select watermark from q_table_owners"));
    }

    [Theory]
    [InlineData(64, 2)]
    [InlineData(256, 4)]
    public async Task Refused_rows_that_stand_apart_leave_out_no_others(int count, int oneIn)
    {
        var epoch = await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Writes.Batch(
            Generator, epoch, 1,
            [.. Enumerable.Range(0, count).Select(i => i % oneIn == oneIn - 1 ? Writes.Bad($"s{i}") : Writes.Insert($"s{i}"))]));
        Assert.Equal((FlushStatus.Written, count / oneIn), (outcome.Status, outcome.LeftOut.Count));
        Assert.Equal(count - (count / oneIn), await CountAsync("q_values"));
    }

    [Fact]
    public async Task Numbers_and_late_rewards_of_a_row_that_is_left_out_are_left_out_too()
    {
        var (epoch, client) = (await TakeAsync(Generator), Guid.NewGuid());
        RewardWrite Reward(string state) =>
            new(Guid.NewGuid(), null, null, StateKey.Parse(state), ActionKey.Parse("a1"), 1, null, DateTimeOffset.UnixEpoch);
        var outcome = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, Writes.Insert("s0"), Writes.Bad("s1"), Writes.Insert("s2")) with
            {
                Clients = [new ClientWindow(client, 3, [])],
                ClientsWithout = leftOut => [new ClientWindow(client, leftOut.Single(), [3])],
                Rewards = [Reward("s1"), Reward("s2")],
            });
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal([1], outcome.LeftOut);
        Assert.Equal([0, 2], outcome.RowIds.Keys.Order());
        Assert.Equal(["s2"], await RowsAsync("select state_hash from rewards"));
        Assert.Equal([$"{client}|1|[3]"], await RowsAsync("select client_id, floor, above from q_table_clients"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    public async Task A_row_that_is_refused_only_at_the_commit_is_left_out_and_the_rest_stored(int count)
    {
        var epoch = await TakeAsync(Generator);
        await RefuseAtCommitAsync(Database, "s1");
        var outcome = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, [.. Enumerable.Range(0, count).Select(i => Writes.Insert($"s{i}"))]))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((FlushStatus.Written, 1), (outcome.Status, outcome.LeftOut.Count));
        Assert.Equal(PostgresErrorCodes.RaiseException, Assert.IsType<PostgresException>(outcome.Error).SqlState);
        Assert.Equal(count - 1, await CountAsync("q_values"));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("next")))).Status);
    }

    [Fact]
    public async Task A_flush_of_one_row_that_is_refused_at_the_commit_is_not_told_written()
    {
        var epoch = await TakeAsync(Generator);
        await RefuseAtCommitAsync(Database, "s1");
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1"))).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(FlushStatus.Refused, outcome.Status);
        Assert.Equal(0, await CountAsync("q_values"));
    }

    /// <summary>Every row but one alone passes, so that no search finds which one to leave out.</summary>
    [Fact]
    public async Task Rows_that_are_refused_only_together_end_their_flush_and_not_the_lane()
    {
        var epoch = await TakeAsync(Generator);
        await Database.ExecuteInAsync("""
            create function too_many() returns trigger language plpgsql as $$
            begin
                if (select count(*) from q_values) > 3 then raise 'too many'; end if;
                return null;
            end $$;
            create constraint trigger too_many after insert on q_values deferrable initially deferred
                for each row execute function too_many();
            """);
        var outcome = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, [.. Enumerable.Range(0, 5).Select(i => Writes.Insert($"s{i}"))]))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(FlushStatus.Refused, outcome.Status);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("s1")))).Status);
    }

    [Theory]
    [InlineData("{", "22P02")]
    [InlineData("\"\\u0000\"", "22P05")]
    [InlineData("\"\0\"", "22021")]
    public async Task Json_that_postgres_cannot_store_is_refused(string json, string sqlState)
    {
        var epoch = await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", stateJson: json)));
        Assert.Equal(FlushStatus.Refused, outcome.Status);
        Assert.Equal(sqlState, Assert.IsType<PostgresException>(outcome.Error).SqlState);
    }

    [Fact]
    public async Task Json_that_cannot_be_sent_is_refused_and_not_tried_for_ever()
    {
        var epoch = await TakeAsync(Generator);
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", stateJson: "\"\ud800\"")))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(FlushStatus.Refused, outcome.Status);
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("s1")))).Status);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1_000_000)]
    public async Task A_value_out_of_range_is_refused(double value)
    {
        var epoch = await TakeAsync(Generator);
        Assert.Equal(
            FlushStatus.Refused, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", value: value)))).Status);
    }

    /// <summary>Has a constraint refuse the rows of a state, but only when their transaction commits.</summary>
    internal static async Task RefuseAtCommitAsync(TestDatabase database, string state) => await database.ExecuteInAsync($"""
        create function refuse() returns trigger language plpgsql as $$
        begin
            if new.state_hash = '{state}' then raise 'refused at commit'; end if;
            return null;
        end $$;
        create constraint trigger refuse after insert or update on q_values deferrable initially deferred
            for each row execute function refuse();
        """);
}
