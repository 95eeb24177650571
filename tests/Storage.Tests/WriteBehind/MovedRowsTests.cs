using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>
/// A row that SQL moves elsewhere while it is hot is another Q-value from then on: the flush leaves it alone and stores its own anew.
/// </summary>
public sealed class MovedRowsTests : QTableTest
{
    [Theory]
    [InlineData($"agent_type = '{Executor}'", $"{Executor}|s1|a1")]
    [InlineData("state_hash = 'elsewhere'", $"{Generator}|elsewhere|a1")]
    [InlineData("action_hash = 'other'", $"{Generator}|s1|other")]
    public async Task What_was_learned_of_the_old_place_is_stored_there_and_the_moved_row_stays_as_it_is(string move, string moved)
    {
        var epoch = await TakeAsync(Generator);
        var row = await UpsertBySqlAsync(Generator, "s1", 1);
        await Database.ExecuteInAsync($"update q_values set {move} where q_value_id = {row}");
        var written = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Update(row, 7), Writes.Insert("s2", value: 3)))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((FlushStatus.Written, 0), (written.Status, written.LeftOut.Count));
        Assert.Equal(
            new[] { $"{moved}|1.000000|{row}", $"{Generator}|s1|a1|7.000000|{written.RowIds[0]}" }.Order(StringComparer.Ordinal),
            (await RowsAsync("select agent_type, state_hash, action_hash, q_value, q_value_id from q_values where state_hash <> 's2'"))
                .Order(StringComparer.Ordinal));
        Assert.NotEqual(row, written.RowIds[0]);
    }

    [Fact]
    public async Task Two_rows_that_change_places_keep_what_was_learned_of_each_place()
    {
        var epoch = await TakeAsync(Generator);
        var (a, b) = (await UpsertBySqlAsync(Generator, "a", 1), await UpsertBySqlAsync(Generator, "b", 2));
        await Database.ExecuteInAsync($"""
            update q_values set state_hash = 'free' where q_value_id = {a};
            update q_values set state_hash = 'a' where q_value_id = {b};
            update q_values set state_hash = 'b' where q_value_id = {a};
            """);
        var written = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, Writes.Update(a, 10, state: "a"), Writes.Update(b, 20, state: "b")))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(FlushStatus.Written, written.Status);
        Assert.Equal(["a|10.000000", "b|20.000000"], await RowsAsync("select state_hash, q_value from q_values order by 1"));
    }

    /// <summary>No trial can succeed: the row is there, and is never updated.</summary>
    [Fact]
    public async Task A_row_whose_update_a_trigger_swallows_is_left_out_after_some_tries_and_the_lane_goes_on()
    {
        var epoch = await TakeAsync(Generator);
        var row = await UpsertBySqlAsync(Generator, "s1", 1);
        await Database.ExecuteInAsync($"""
            create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger swallow before update on q_values for each row when (old.q_value_id = {row}) execute function swallow();
            """);
        var written = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Update(row, 7), Writes.Insert("s2")))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((FlushStatus.Written, 1), (written.Status, written.LeftOut.Count));
        Assert.Equal(FlushStatement.VanishedState, Assert.IsType<PostgresException>(written.Error).SqlState);
        Assert.Equal(["s1|1.000000", "s2|0.500000"], await RowsAsync("select state_hash, q_value from q_values order by 1"));
        Assert.Equal(FlushStatus.Written, (await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, Writes.Insert("s3")))).Status);
    }

    [Fact]
    public async Task A_new_row_that_a_trigger_swallows_is_left_out_and_not_told_written()
    {
        var (epoch, client) = (await TakeAsync(Generator), Guid.NewGuid());
        await Database.ExecuteInAsync("""
            create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger swallow before insert on q_values for each row when (new.state_hash = 's1') execute function swallow();
            """);
        var written = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("s1"), Writes.Insert("s2")) with
        {
            Clients = [new ClientWindow(client, 2, [])],
            ClientsWithout = leftOut => [new ClientWindow(client, leftOut.Single(), [2])],
        }).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((FlushStatus.Written, 0), (written.Status, written.LeftOut.Single()));
        Assert.Equal(FlushStatement.VanishedState, Assert.IsType<PostgresException>(written.Error).SqlState);
        Assert.Equal([1], written.RowIds.Keys);
        Assert.Equal(["s2"], await RowsAsync("select state_hash from q_values"));
        Assert.Equal(["0|[2]"], await RowsAsync("select floor, above from q_table_clients"));
    }
}
