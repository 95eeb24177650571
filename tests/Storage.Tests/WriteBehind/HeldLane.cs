using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>
/// Holds up a lane in the statement of its first flush, so that all handed in meanwhile goes into its next transaction. No lock is waited
/// for, which the flush would give up after a while.
/// </summary>
internal sealed class HeldLane : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private HeldLane(TestDatabase database, Task<FlushOutcome> first) => (_database, First) = (database, first);

    /// <summary>The flush that is held up.</summary>
    public Task<FlushOutcome> First { get; }

    /// <summary>Holds up a lane; once in a database.</summary>
    public static async Task<HeldLane> HoldAsync(TestDatabase database, PumpUnderTest pump, QTableBatch batch)
    {
        await database.ExecuteInAsync($"""
            create table held as select 1 as n;
            create function hold() returns trigger language plpgsql as $$
                begin
                    while exists (select from held) loop
                        perform pg_sleep(0.005);
                    end loop;
                    return new;
                end $$;
            create trigger hold before update on q_table_owners for each row
                when (old.agent_type = '{batch.Owner.AgentType}') execute function hold();
            """);
        var first = pump.WriteAsync(batch);
        await Eventually.Holds(
            async () => await database.QueryAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") > 0,
            "the lane to be held up");
        return new HeldLane(database, first);
    }

    /// <summary>Lets the lane go on.</summary>
    public Task ReleaseAsync() => _database.ExecuteInAsync("delete from held");

    public async ValueTask DisposeAsync() => await ReleaseAsync();
}
