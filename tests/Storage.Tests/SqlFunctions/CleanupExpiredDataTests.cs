using Npgsql;

namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>Clean-up in one call: what goes, what stays, and what is told.</summary>
public sealed class CleanupExpiredDataTests : SqlFunctionTest
{
    private const string Cleanup = "select table_name, deleted_count from cleanup_expired_data()";
    private static readonly string[] _nothing = ["q_values|0", "trajectories|0", "patterns|0"];

    [Fact]
    public async Task An_empty_database_has_nothing_to_clean_up() => Assert.Equal(_nothing, await RowsAsync(Cleanup));

    [Fact]
    public async Task The_expired_rows_of_three_tables_go_and_are_counted_in_order()
    {
        await FillAsync(expired: 1, table: "q_values");
        await FillAsync(expired: 2, table: "trajectories");
        await FillAsync(expired: 3, table: "patterns");
        await Database.ExecuteInAsync("""
            insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type)
            select agent_type, trajectory_id, 's', 'a', 1, 'immediate' from trajectories
            """);
        Assert.Equal(["q_values|1", "trajectories|2", "patterns|3"], await RowsAsync(Cleanup));
        foreach (var table in new[] { "q_values", "trajectories", "patterns" })
        {
            Assert.Equal(["never", "tomorrow"], await RowsAsync($"select metadata ->> 'expires' from {table} order by 1"));
        }

        Assert.Equal(2, await CountAsync("rewards"));
        Assert.Equal(_nothing, await RowsAsync(Cleanup));
    }

    [Fact]
    public async Task More_rows_than_a_batch_holds_go_in_one_call()
    {
        await FillAsync(expired: 10_003, table: "q_values");
        Assert.Equal(["q_values|10003", "trajectories|0", "patterns|0"], await RowsAsync(Cleanup));
        Assert.Equal(2, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Rows_that_expired_at_the_same_time_go_though_they_are_more_than_a_batch_holds()
    {
        await FillAsync(expired: 10_003, table: "q_values");
        await Database.ExecuteInAsync("update q_values set expires_at = '2020-01-01' where expires_at < now()");
        Assert.Equal(["q_values|10003", "trajectories|0", "patterns|0"], await RowsAsync(Cleanup));
    }

    [Fact]
    public async Task Rows_that_another_transaction_holds_stay_without_a_wait()
    {
        await FillAsync(expired: 3, table: "q_values");
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var held = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select 1 from q_values where state_hash = 's2' for update", connection);
        await command.ExecuteNonQueryAsync();
        Assert.Equal("q_values 2", await AtOneTimeAsync(
            "set local lock_timeout = '5s'", "select table_name || ' ' || deleted_count from cleanup_expired_data() limit 1"));
        Assert.Equal(3, await CountAsync("q_values"));
    }

    /// <summary>Expired rows, one that expires tomorrow and one that never does.</summary>
    private Task FillAsync(int expired, string table)
    {
        const string Rows = """
            from (select i, null as expires, now() - interval '1 second' * i as at from generate_series(1, $1) i
                  union all values (-1, 'tomorrow', now() + interval '1 day'), (-2, 'never', null)) r (i, expires, at)
            """;
        var sql = table switch
        {
            "q_values" => "insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, metadata, expires_at) "
                + "select 'test-generator', 's' || i, '1', 'a', '1', jsonb_build_object('expires', expires), at ",
            "patterns" => "insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, metadata, expires_at) "
                + "select 'test-generator', 'p' || i, 't', '1', jsonb_build_object('expires', expires), at ",
            _ => "insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards, "
                + "total_reward, discounted_reward, execution_time_ms, success, started_at, metadata, expires_at) "
                + "select 'test-generator', 't' || i, '1', '1', '[]', '[]', '[]', 1, 1, 1, true, now(), "
                + "jsonb_build_object('expires', expires), at ",
        };
        return RunAsync(sql + Rows, expired);
    }

    private async Task RunAsync(string sql, int expired)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(expired);
        await command.ExecuteNonQueryAsync();
    }
}
