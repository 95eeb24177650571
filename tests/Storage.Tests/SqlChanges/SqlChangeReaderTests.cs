using Npgsql;
using QLearning.Storage.SqlChanges;

namespace QLearning.Storage.Tests.SqlChanges;

/// <summary>A transaction that is left open neither keeps sql_changes from being emptied nor loses what it noted.</summary>
public sealed class SqlChangeReaderTests : DatabaseTest
{
    private const string Name = "tested";

    private SqlChangeReader Reader => new(Database.DataSource);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Reader.MarkAsync(Name, CancellationToken.None);
    }

    [Fact]
    public async Task What_was_written_beside_an_open_transaction_is_purged_and_what_that_one_wrote_is_told_after_its_commit()
    {
        await using var open = await HeldLock.TakeAsync(Database, Upsert("late"));
        var before = await PollAsync(null);
        await Database.ExecuteInAsync(Upsert("s1"));
        await Database.ExecuteInAsync(Upsert("s2"));
        var seen = await PollAsync(before.Snapshot);
        Assert.Equal(["s1", "s2"], States(seen));
        await Reader.PurgeAsync(seen.Snapshot, CancellationToken.None);
        Assert.Equal(0, await CountAsync("sql_changes"));
        await open.ExecuteAsync("commit; begin");
        await Database.ExecuteInAsync(Upsert("s3"));
        await Reader.PurgeAsync(seen.Snapshot, CancellationToken.None);
        var after = await PollAsync(seen.Snapshot);
        Assert.Equal(["late", "s3"], States(after));
        await Reader.PurgeAsync(after.Snapshot, CancellationToken.None);
        Assert.Equal((0, 0), (await CountAsync("sql_changes"), States(await PollAsync(after.Snapshot)).Length));
    }

    [Fact]
    public async Task What_was_noted_on_another_server_and_restored_here_is_not_told_and_is_purged()
    {
        var before = await PollAsync(null);
        await Database.ExecuteInAsync(
            "insert into sql_changes (xid, agent_type, state_hash) values ('999999999999', 'test-generator', 'elsewhere')");
        await Database.ExecuteInAsync(Upsert("here"));
        var seen = await PollAsync(before.Snapshot);
        Assert.Equal(["here"], States(seen));
        Assert.Empty((await PollAsync(seen.Snapshot)).Changes);
        await Reader.PurgeAsync(seen.Snapshot, CancellationToken.None);
        Assert.Equal(0, await CountAsync("sql_changes"));
    }

    [Theory]
    [InlineData("q_values")]
    [InlineData("agent_states")]
    [InlineData("patterns")]
    [InlineData("agent_types")]
    public async Task A_table_that_is_truncated_is_told_as_anything(string table)
    {
        var before = await PollAsync(null);
        await Database.ExecuteInAsync($"truncate {table} cascade");
        var changes = (await PollAsync(before.Snapshot)).Changes;
        Assert.NotEmpty(changes);
        Assert.All(changes, change => Assert.Null(change.AgentType));
        before = await PollAsync(null);
        await Database.ExecuteInAsync($"begin; set local qlearning.flush = 'on'; truncate {table} cascade; commit");
        Assert.Empty((await PollAsync(before.Snapshot)).Changes);
    }

    [Fact]
    public async Task A_transaction_of_another_database_keeps_nothing_from_being_purged()
    {
        await using var other = await TestDatabase.CreateAsync(migrated: false);
        await using var open = await HeldLock.TakeAsync(other, "create table written (id integer)");
        await Database.ExecuteInAsync(Upsert("s1"));
        var seen = await PollAsync(null);
        await Reader.PurgeAsync(seen.Snapshot, CancellationToken.None);
        Assert.Equal(0, await CountAsync("sql_changes"));
    }

    [Fact]
    public async Task A_look_does_not_read_what_was_told_since_the_oldest_open_transaction_began()
    {
        await using var open = await HeldLock.TakeAsync(Database, Upsert("late"));
        // As many transactions as a busy program makes in a minute. Numbers are given by the server, to the transactions of every database,
        // so none is made up here: it could belong to one that still runs beside.
        await Database.ExecuteInAsync("""
            do $body$
            begin
                for i in 1..5000 loop
                    insert into sql_changes (agent_type, state_hash) values ('test-generator', 'told');
                    commit;
                end loop;
            end
            $body$
            """);
        Assert.Equal(5000, await CountAsync("(select distinct xid from sql_changes where state_hash = 'told') t"));
        var seen = await PollAsync(null);
        await Database.ExecuteInAsync("analyze sql_changes");
        // A mark counts for a minute.
        await Reader.MarkAsync(Name, CancellationToken.None);
        await Database.ExecuteInAsync(Upsert("s1"));
        Assert.Equal(["s1"], States(await PollAsync(seen.Snapshot)));
        await Reader.MarkAsync(Name, CancellationToken.None);
        await using var command = Database.DataSource.CreateCommand($"explain (analyze, costs off, timing off) {SqlChangeReader.Poll}");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = seen.Snapshot });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        var plan = new List<string>();
        await using var lines = await command.ExecuteReaderAsync();
        while (await lines.ReadAsync())
        {
            plan.Add(lines.GetString(0));
        }

        Assert.Contains(plan, line => line.Contains("idx_sql_changes_xid", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Rows Removed by", StringComparison.Ordinal));
    }

    private static string Upsert(string state) => $"select upsert_q_value('test-generator', '{state}', '1', 'a', '1', 1)";

    private static string[] States(SqlChangePoll poll) => [.. poll.Changes.Select(change => change.State!).Order()];

    private Task<SqlChangePoll> PollAsync(string? snapshot) => Reader.PollAsync(Name, snapshot, CancellationToken.None);
}
