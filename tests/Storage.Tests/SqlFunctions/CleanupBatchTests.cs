using Npgsql;

namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>One batch of clean-up: which rows it takes, and what it tells.</summary>
public sealed class CleanupBatchTests : SqlFunctionTest
{
    private const string Left = "select string_agg(state_hash, ' ' order by state_hash) as rows from q_values";

    [Theory]
    [InlineData("'rewards'", "rewards")]
    [InlineData("'Q_VALUES'", "Q_VALUES")]
    [InlineData("'q_values where true --'", "q_values where true --")]
    [InlineData("null", "<NULL>")]
    public async Task A_table_without_clean_up_is_refused_by_name(string target, string named)
    {
        var refusal = await RefusalAsync($"select cleanup_expired_batch({target})");
        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, refusal.SqlState);
        Assert.Equal($"The table \"{named}\" has no clean-up. Allowed: q_values, trajectories, patterns.", refusal.MessageText);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-1", "-1")]
    [InlineData("null", "<NULL>")]
    public async Task A_batch_of_no_rows_is_refused(string size, string named)
    {
        var refusal = await RefusalAsync($"select cleanup_expired_batch('q_values', {size})");
        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, refusal.SqlState);
        Assert.Equal($"The batch size {named} is not allowed. Allowed: 1 or more.", refusal.MessageText);
    }

    [Fact]
    public async Task A_batch_takes_the_oldest_and_tells_how_far_it_came()
    {
        await AddAsync(
            "('s4', '-1 second'), ('s2', '-3 seconds'), ('s1', '-4 seconds'), ('s3', '-2 seconds'), ('s5', '1 hour'), ('s6', null)");
        Assert.Equal("2|true", await AtOneTimeAsync(
            """
            create temporary table told on commit drop as
            select b.*, (select expires_at from q_values where state_hash = 's2') as newest from cleanup_expired_batch('q_values', 2) b
            """,
            "select deleted || '|' || (reached = newest) from told"));
        Assert.Equal(["s3 s4 s5 s6"], await RowsAsync(Left));
        Assert.Equal(["2|false"], await RowsAsync("select deleted, reached is null from cleanup_expired_batch('q_values', 2)"));
        Assert.Equal(["0|true"], await RowsAsync("select deleted, reached is null from cleanup_expired_batch('q_values', 2)"));
        Assert.Equal(["s5 s6"], await RowsAsync(Left));
    }

    [Fact]
    public async Task Rows_before_the_start_of_a_batch_are_left()
    {
        await AddAsync("('s1', '-3 hours'), ('s2', '-1 hour')");
        Assert.Equal(["1"], await RowsAsync("select deleted from cleanup_expired_batch('q_values', 5, now() - interval '2 hours')"));
        Assert.Equal(["s1"], await RowsAsync(Left));
    }

    [Fact]
    public async Task A_row_that_expires_now_is_taken_and_so_is_one_that_expired_before_all_time()
    {
        await AddAsync("('s1', '0 seconds'), ('s2', '1 hour')");
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            values ('test-generator', 's0', '1', 'a', '1', '-infinity')
            """);
        Assert.Equal(["2"], await RowsAsync("select deleted from cleanup_expired_batch('q_values')"));
        Assert.Equal(["s2"], await RowsAsync(Left));
    }

    [Fact]
    public async Task Rows_that_another_transaction_holds_are_left_without_a_wait()
    {
        await AddAsync("('s1', '-3 seconds'), ('s2', '-2 seconds'), ('s3', '-1 second')");
        await using (var connection = await Database.DataSource.OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("update q_values set q_value = 1 where state_hash = 's2'", connection);
            await command.ExecuteNonQueryAsync();
            Assert.Equal(
                "2",
                await AtOneTimeAsync("set local lock_timeout = '5s'", "select deleted::text from cleanup_expired_batch('q_values', 2)"));
            await held.CommitAsync();
        }

        Assert.Equal(["s2"], await RowsAsync(Left));
        Assert.Equal(["1"], await RowsAsync("select deleted from cleanup_expired_batch('q_values', 2)"));
    }

    [Fact]
    public async Task What_a_transaction_writes_after_a_batch_is_noted_as_before()
    {
        await AddAsync("('s1', '-3 seconds'), ('s2', '1 hour')");
        Assert.Equal("s2", await AtOneTimeAsync(
            """
            insert into sql_change_readers values ('test', clock_timestamp());
            select cleanup_expired_batch('q_values');
            update q_values set q_value = 5
            """,
            "select string_agg(state_hash, ' ') from sql_changes"));
    }

    private async Task AddAsync(string values) => await Database.ExecuteInAsync($"""
        insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
        select 'test-generator', state, '1', 'a', '1', now() + rest::interval from (values {values}) as v (state, rest)
        """);
}
