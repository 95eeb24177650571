using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Storage.SqlChanges;
using QLearning.Testing.Proxy;

namespace QLearning.Storage.Tests.SqlChanges;

/// <summary>What other programs write is told once, whatever statement wrote it and whenever it commits.</summary>
public sealed class SqlChangeWatchTests : DatabaseTest
{
    /// <summary>A watch settles when all older transactions are over, also those of the other databases of the server.</summary>
    private static readonly TimeSpan _settling = TimeSpan.FromMinutes(2);

    private RecordingSink Sink { get; } = new();

    public static TheoryData<string, string> Statements => new()
    {
        { "select upsert_q_value('test-generator', 's1', '1', 'b', '2', 5)", "test-generator: s1" },
        {
            """
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data)
            values ('quality-gate', 'x', '1', 'a', '1')
            """,
            "quality-gate: x"
        },
        { "update q_values set q_value = 9", "test-generator: s1 s2" },
        { "delete from q_values where state_hash = 's2'", "test-generator: s2" },
        { "truncate q_values", "anything" },
        { "update q_values set state_hash = 'moved' where state_hash = 's2'", "test-generator: moved s2" },
        {
            "set search_path = pg_catalog; update public.q_values set q_value = 2 where state_hash = 's1'; reset search_path",
            "test-generator: s1"
        },
        { "update agent_types set learning_rate = 0.3 where agent_type = 'test-executor'", "test-executor: settings" },
        { "delete from agent_types where agent_type = 'chaos-engineer'", "chaos-engineer: settings" },
        {
            "set session_replication_role = replica; update q_values set q_value = 9; reset session_replication_role",
            "test-generator: s1 s2"
        },
        {
            "set session_replication_role = replica; update agent_types set learning_rate = 0.3 where agent_type = 'test-executor'; "
                + "reset session_replication_role",
            "test-executor: settings"
        },
        {
            """
            create function other() returns trigger language plpgsql as $$
                begin update q_values set q_value = 7 where state_hash = 's2'; return null; end $$;
            create trigger other after update on q_values for each row when (new.state_hash = 's1') execute function other();
            select set_config('qlearning.flush', 'on', true);
            update q_values set q_value = 4 where state_hash = 's1'
            """,
            "test-generator: s2"
        },
        { "insert into agent_types (agent_type, display_name) values ('new', 'New')", "new: settings" },
        {
            """
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data)
            select 'test-generator', 'bulk' || i, '1', 'a', '1' from generate_series(1, 2000) i
            """,
            "test-generator: any"
        },
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            select upsert_q_value('test-generator', 's1', '1', 'a', '1', 1), upsert_q_value('test-generator', 's2', '1', 'a', '1', 1)
            """);
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_write_is_told_once(string statement, string told)
    {
        await using var watch = await WatchAsync();
        await Database.ExecuteInAsync(statement);
        await Eventually.Holds(() => Sink.Lines.Length > 0, "the change to be told");
        await SettleAsync();
        Assert.Equal([told, "quality-gate: end"], Sink.Lines);
    }

    [Fact]
    public async Task Every_trigger_that_notes_fires_whatever_the_replication_role() => Assert.Equal(
        ["15|A"],
        await RowsAsync("""
            select count(*), string_agg(distinct tgenabled::text, '') as enabled from pg_trigger where tgfoid::regproc::text like 'note%'
            """));

    [Fact]
    public async Task A_transaction_that_commits_late_is_told_after_its_commit()
    {
        await using var watch = await WatchAsync();
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("update q_values set q_value = 3 where state_hash = 's1'", connection);
        await command.ExecuteNonQueryAsync();
        await SettleAsync();
        Assert.Equal(["quality-gate: end"], Sink.Lines);
        await transaction.CommitAsync();
        await Eventually.Holds(() => Sink.Lines.Contains("test-generator: s1"), "the late change to be told");
        Assert.Single(Sink.Lines, line => line == "test-generator: s1");
    }

    [Fact]
    public async Task A_write_that_began_before_the_first_look_is_not_missed()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("update q_values set q_value = 3 where state_hash = 's1'", connection);
        await command.ExecuteNonQueryAsync();
        await using var watch = NewWatch(Database.DataSource);
        await watch.StartAsync(CancellationToken.None);
        await SettleAsync();
        Assert.Single(Sink.Lines, line => line == "anything");
        await transaction.CommitAsync();
        await Eventually.Holds(() => Sink.Lines.Count(line => line == "anything") == 2, "everything to be read again", _settling);
    }

    [Fact]
    public async Task A_program_that_may_only_write_Q_values_can_write_them()
    {
        await using var watch = await WatchAsync();
        // Roles are the server's, not the database's.
        var writer = $"writer_{Guid.NewGuid():N}";
        await Database.ExecuteInAsync($"""
            create role {writer} nologin;
            grant select, insert, update on q_values to {writer};
            grant select on agent_types to {writer}
            """);
        try
        {
            await Database.ExecuteInAsync(
                $"set role {writer}; select upsert_q_value('test-generator', 's1', '1', 'a', '1', 8); reset role");
            await SettleAsync();
            Assert.Equal(["test-generator: s1", "quality-gate: end"], Sink.Lines);
        }
        finally
        {
            await Database.ExecuteInAsync($"drop owned by {writer}; drop role {writer}");
        }
    }

    [Theory]
    [InlineData("truncate sql_changes, sql_change_readers")]
    [InlineData("update sql_change_readers set seen_at = seen_at - interval '2 minutes'")]
    public async Task After_a_crash_that_emptied_the_notes_or_a_minute_without_a_mark_everything_is_read_again(string statement)
    {
        await using var watch = await WatchAsync();
        await Database.ExecuteInAsync(statement);
        await Eventually.Holds(
            () => Sink.Lines.Count(line => line == "anything") == 2, "everything to be read again, and once more when it has settled",
            _settling);
        await SettleAsync();
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_told()
    {
        await using var watch = await WatchAsync();
        await using (var connection = await Database.DataSource.OpenConnectionAsync())
        await using (var command = new NpgsqlCommand("begin; update q_values set q_value = 3; rollback", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        await SettleAsync();
        Assert.Equal(["quality-gate: end"], Sink.Lines);
    }

    [Fact]
    public async Task Clean_up_of_expired_rows_is_not_told()
    {
        await Database.ExecuteInAsync("update q_values set expires_at = now() - interval '1 minute' where state_hash = 's1'");
        await using var watch = await WatchAsync();
        Assert.Equal(1, await Database.QueryAsync<long>("select deleted_count from cleanup_expired_data() where table_name = 'q_values'"));
        await SettleAsync();
        Assert.Equal(["quality-gate: end"], Sink.Lines);
    }

    [Fact]
    public async Task Nothing_is_noted_without_a_reader()
    {
        await Database.ExecuteInAsync("update q_values set q_value = 4");
        Assert.Equal(0, await CountAsync("sql_changes"));
        await (await WatchAsync()).DisposeAsync();
        // A watch whose database is slow goes on leaving after its end.
        await Eventually.Holds(async () => await CountAsync("sql_change_readers") == 0, "the watch to leave");
        await Database.ExecuteInAsync("delete from sql_changes");
        await Database.ExecuteInAsync("update q_values set q_value = 5");
        Assert.Equal((0, 0), (await CountAsync("sql_changes"), await CountAsync("sql_change_readers")));
    }

    [Fact]
    public async Task What_was_written_while_the_way_was_cut_is_told_on_return()
    {
        await using var proxy = new TcpProxy(Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var watch = await WatchAsync(source);
        proxy.Close();
        await Database.ExecuteInAsync("update q_values set q_value = 6 where state_hash = 's2'");
        proxy.Open();
        await Eventually.Holds(() => Sink.Lines.Contains("test-generator: s2"), "the change to be told");
        Assert.DoesNotContain("anything", Sink.Lines);
    }

    [Fact]
    public async Task A_database_that_is_away_at_the_start_is_looked_at_when_it_is_there()
    {
        await using var proxy = new TcpProxy(Database.ConnectionString);
        proxy.Close();
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var watch = NewWatch(source);
        await watch.StartAsync(CancellationToken.None);
        Assert.Empty(Sink.Lines);
        proxy.Open();
        await Eventually.Holds(() => Sink.Lines.Contains("anything"), "the first look");
    }

    private async Task<SqlChangeWatch> WatchAsync(NpgsqlDataSource? source = null)
    {
        var watch = NewWatch(source ?? Database.DataSource);
        await watch.StartAsync(CancellationToken.None);
        // The first look tells that anything may have changed, and again once all older transactions are over.
        await Eventually.Holds(() => Sink.Lines.Length == 2, "the watch to settle", _settling);
        Sink.Forget();
        return watch;
    }

    /// <summary>Returns when a write made now was told, and so all before it.</summary>
    private async Task SettleAsync()
    {
        await Database.ExecuteInAsync("select upsert_q_value('quality-gate', 'end', '1', 'a', '1', 1)");
        await Eventually.Holds(() => Sink.Lines.Contains("quality-gate: end"), "the last change to be told");
    }

    private SqlChangeWatch NewWatch(NpgsqlDataSource source) => new(
        source,
        Sink,
        Options.Create(new SqlChangeOptions { PollInterval = TimeSpan.FromMilliseconds(20) }),
        new FakeLogger<SqlChangeWatch>(),
        TimeProvider.System);
}
