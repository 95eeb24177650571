using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A flush that loses a deadlock against a SQL transaction is run again at once: the winner has what it waited for.</summary>
public sealed class DeadlockTests : QTableTest
{
    [Fact]
    public async Task A_flush_that_loses_a_deadlock_is_written_without_a_pause()
    {
        var time = new TimersSeen();
        await using var pump = new PumpUnderTest(Database.DataSource, time);
        var owner = await TakeAsync(Generator);
        var (a, b) = (await UpsertBySqlAsync(Generator, "a", 1), await UpsertBySqlAsync(Generator, "b", 1));
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        // Only the flush looks for deadlocks, so that it is the one that is ended.
        await ExecuteAsync(connection, "set deadlock_timeout = '1min'; begin");
        await ExecuteAsync(connection, $"update q_values set q_value = 5 where q_value_id = {b}");
        // The flush looks for a deadlock once, a second after it began to wait: the server closes the circle without our help.
        var closing = ExecuteAsync(connection, $"""
            do $$ begin
                while not exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') loop
                    perform pg_sleep(0.01), pg_stat_clear_snapshot();
                end loop;
                update q_values set q_value = 5 where q_value_id = {a};
            end $$;
            commit
            """);
        await Eventually.Holds(
            async () => await CountAsync("pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") > 0,
            "the other transaction looks for the flush");
        var flush = pump.WriteAsync(Writes.Batch(Generator, owner, 1, Writes.Update(a, 2, state: "a"), Writes.Update(b, 3, state: "b")));
        Assert.Equal(FlushStatus.Written, (await flush.WaitAsync(Eventually.DefaultDeadline)).Status);
        await closing;
        Assert.Empty(time.Waits);
        // Tried again at once, it may overtake the other transaction, which it woke up, and lose once more.
        Assert.NotEmpty(pump.Retries.GetMeasurementSnapshot());
        Assert.Equal(["a|2.000000", "b|3.000000"], await RowsAsync("select state_hash, q_value from q_values order by 1"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
