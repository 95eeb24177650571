using System.Globalization;
using Npgsql;
using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>A Q-table is read whole or state by state, without what has expired.</summary>
public sealed class QTableReaderTests : DatabaseTest
{
    private readonly List<StoredQValue> _rows = [];

    private QTableReader Reader => new(Database.DataSource);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            insert into q_values (q_value_id, agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count,
                                  confidence_score, uncertainty, expires_at)
            values (1, 'test-generator', 's1', '1', 'a1', '{"x": 1}', 1.5, 3, 0.6, 0.4, '2090-01-01Z'),
                   (2, 'test-generator', 's1', '1', 'a2', '"two"', -2.25, 1, null, null, null),
                   (3, 'test-generator', 's2', '2', 'a1', '{"x": 1}', 0, 1, 0.5, 0.5, null),
                   (4, 'test-generator', 's1', '1', 'old', '4', 9, 1, 0.5, 0.5, now()),
                   (5, 'test-generator', 's3', '3', 'a1', '5', 9, 1, 0.5, 0.5, '2020-01-01Z'),
                   (6, 'test-generator', '', '3', 'a1', '5', 9, 1, 0.5, 0.5, null),
                   (7, 'test-executor', 's1', '1', 'a1', '7', 7, 1, 0.5, 0.5, null)
            """);
    }

    [Fact]
    public async Task A_whole_load_has_every_live_row_with_its_values()
    {
        await Reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None);
        var expires = new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [
                new StoredQValue(1, StateKey.Parse("s1"), ActionKey.Parse("a1"), """{"x": 1}""", 1.5, 3, 0.6, 0.4, expires),
                new StoredQValue(2, StateKey.Parse("s1"), ActionKey.Parse("a2"), "\"two\"", -2.25, 1, null, 0.5, null),
                new StoredQValue(3, StateKey.Parse("s2"), ActionKey.Parse("a1"), """{"x": 1}""", 0, 1, 0.5, 0.5, null),
            ],
            _rows.OrderBy(row => row.RowId));
    }

    [Fact]
    public async Task A_whole_load_has_the_json_of_each_row_and_equal_ones_once_in_memory()
    {
        await Database.ExecuteInAsync("""
            insert into q_values (q_value_id, agent_type, state_hash, state_data, action_hash, action_data)
            select 100 + i, 'test-generator', 'more' || i, '1', 'a1', case when i % 2 = 0 then '{"x": 1}' else '{"x": 2}' end::jsonb
            from generate_series(1, 25000) i
            """);
        await Reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None);
        Assert.Equal(25_003, _rows.Count);
        var more = _rows.Where(row => row.State.ToString().StartsWith("more", StringComparison.Ordinal)).ToList();
        Assert.All(more, row => Assert.Equal(
            int.Parse(row.State.ToString()[4..], CultureInfo.InvariantCulture) % 2 == 0 ? """{"x": 1}""" : """{"x": 2}""", row.ActionJson));
        Assert.Equal(2, more.Select(row => row.ActionJson).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    // Other programs may have stored one; in memory it would win every comparison and spoil every update.
    [Fact]
    public async Task A_Q_value_that_is_no_number_is_not_loaded()
    {
        await Database.ExecuteInAsync("update q_values set q_value = 'NaN' where q_value_id = 2");
        await AllButRow2AreLoadedAsync();
    }

    // SQL may write a count below 0; an adopted table may have columns that take null.
    [Fact]
    public async Task A_count_of_visits_below_0_or_null_is_loaded_as_0()
    {
        await AllowNullsAsync("visit_count");
        await Database.ExecuteInAsync("""
            update q_values set visit_count = -5 where q_value_id = 1;
            update q_values set visit_count = null where q_value_id = 3
            """);
        await Reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None);
        Assert.Equal([(1, 0), (2, 1), (3, 0)], _rows.Select(row => (row.RowId, row.VisitCount)).Order());
        _rows.Clear();
        await Reader.LoadStatesAsync(Generator, [StateKey.Parse("s1"), StateKey.Parse("s2")], _rows.Add, CancellationToken.None);
        Assert.Equal([(1, 0), (2, 1), (3, 0)], _rows.Select(row => (row.RowId, row.VisitCount)).Order());
    }

    [Fact]
    public async Task A_row_whose_Q_value_or_key_is_null_is_not_loaded_and_keeps_no_other_from_it()
    {
        await AllowNullsAsync("q_value", "state_hash", "action_hash");
        await Database.ExecuteInAsync("""
            update q_values set q_value = null where q_value_id = 2;
            insert into q_values (q_value_id, agent_type, state_hash, state_data, action_hash, action_data)
            values (8, 'test-generator', null, '1', 'a1', '1'), (9, 'test-generator', 's1', '1', null, '1')
            """);
        await AllButRow2AreLoadedAsync();
    }

    [Fact]
    public async Task An_action_without_a_description_is_described_by_its_key()
    {
        await AllowNullsAsync("action_data");
        await Database.ExecuteInAsync("update q_values set action_data = null where q_value_id = 2");
        await Reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None);
        await Reader.LoadStatesAsync(Generator, [StateKey.Parse("s1")], _rows.Add, CancellationToken.None);
        Assert.Equal(["\"a2\"", "\"a2\""], _rows.Where(row => row.RowId == 2).Select(row => row.ActionJson));
    }

    [Fact]
    public async Task A_table_without_rows_loads_empty()
    {
        await Reader.LoadAllAsync(TablePartition.Whole(Gate), _rows.Add, CancellationToken.None);
        Assert.Empty(_rows);
    }

    [Fact]
    public async Task Rows_of_asked_states_come_with_their_action_json()
    {
        await Reader.LoadStatesAsync(
            Generator, [StateKey.Parse("s1"), StateKey.Parse("s3"), StateKey.Parse("never")], _rows.Add, CancellationToken.None);
        Assert.Equal(
            [(1, """{"x": 1}"""), (2, "\"two\"")],
            _rows.OrderBy(row => row.RowId).Select(row => (row.RowId, row.ActionJson!)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(100_000_000, false)]
    public async Task Live_states_are_counted_against_the_limit(int limit, bool more) =>
        Assert.Equal(more, await Reader.HasMoreStatesThanAsync(TablePartition.Whole(Generator), limit, CancellationToken.None));

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        var reader = new QTableReader(nowhere);
        Func<Task>[] reads =
        [
            () => reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None),
            () => reader.LoadStatesAsync(Generator, [StateKey.Parse("s1")], _rows.Add, CancellationToken.None),
            () => reader.HasMoreStatesThanAsync(TablePartition.Whole(Generator), 1, CancellationToken.None),
        ];
        foreach (var read in reads)
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(read);
            Assert.Contains("load the Q-table of 'test-generator'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_reading_is_told_as_unavailable()
    {
        await Database.ExecuteInAsync(
            "insert into q_values (q_value_id, agent_type, state_hash, state_data, action_hash, action_data) "
            + "select 100 + i, 'test-generator', 'many' || i, '1', 'a1', '1' from generate_series(1, 20000) i");
        await using var outside = NpgsqlDataSource.Create(Database.ConnectionString);
        var killed = false;
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => Reader.LoadAllAsync(TablePartition.Whole(Generator), _ => KillOnce(), CancellationToken.None));
        Assert.True(killed);

        void KillOnce()
        {
            if (!killed)
            {
                using var kill = outside.CreateCommand("""
                    select count(pg_terminate_backend(pid, 20000)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                    """);
                killed = kill.ExecuteScalar() is > 0L;
            }
        }
    }

    private async Task AllButRow2AreLoadedAsync()
    {
        await Reader.LoadAllAsync(TablePartition.Whole(Generator), _rows.Add, CancellationToken.None);
        Assert.Equal([1, 3], _rows.Select(row => row.RowId).Order());
        _rows.Clear();
        await Reader.LoadStatesAsync(Generator, [StateKey.Parse("s1")], _rows.Add, CancellationToken.None);
        Assert.Equal([1], _rows.Select(row => row.RowId));
    }

    private async Task AllowNullsAsync(params string[] columns)
    {
        foreach (var column in columns)
        {
            await Database.ExecuteInAsync($"alter table q_values alter {column} drop not null");
        }
    }
}
