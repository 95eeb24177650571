using System.Globalization;
using Npgsql;

namespace QLearning.Bench.CleanUp;

/// <summary>
/// Fills a database with expired rows of all 18 agent types: of ten rows five are Q-values, one is a trajectory with four rewards. They are
/// inserted in chunks, as they would have come in, with the JSON that agents write.
/// </summary>
internal static class ExpiredFill
{
    private const int Chunk = 100_000;
    private const int Share = 10;

    private const string QValues = """
        insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count,
                              last_updated, created_at, expires_at)
        select t.agent_type, md5(n::text), jsonb_build_object('coverage_gap', n % 10, 'framework', 'xunit', 'number', n),
               'action ' || n % 5, to_jsonb('action ' || n % 5), n % 100, 1 + n % 20,
               now() - interval '40 days', now() - interval '70 days',
               now() - make_interval(secs => 1 + n % 864000)
        from generate_series(@first, @last) n
        join (select agent_type, row_number() over (order by agent_type) - 1 as number from agent_types) t on t.number = n % 18
        """;

    private const string Trajectories = """
        with added as (
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward,
                                      discounted_reward, execution_time_ms, success, started_at, completed_at, expires_at)
            select t.agent_type, 'task ' || n, '{"coverage_gap": 1}', '{"coverage_gap": 0}', '["a", "b", "a", "c"]',
                   '["s1", "s2", "s3", "s4"]',
                   '[1, 1, 1, 1]', 4, 3.7, 1000, n % 5 > 0, now() - interval '40 days', now() - interval '40 days',
                   now() - make_interval(secs => 1 + n % 864000)
            from generate_series(@first, @last) n
            join (select agent_type, row_number() over (order by agent_type) - 1 as number from agent_types) t on t.number = n % 18
            returning trajectory_id, agent_type
        )
        insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type, observed_at)
        select agent_type, trajectory_id, 's' || step, 'a', 1, case step when 4 then 'terminal' else 'immediate' end,
               now() - interval '40 days'
        from added, generate_series(1, 4) step
        """;

    private const string Expired = """
        select (select count(*) from q_values where expires_at <= now()) + (select count(*) from trajectories where expires_at <= now())
             + (select count(*) from rewards where observed_at < now() - interval '30 days')
        """;

    /// <summary>Inserts expired rows.</summary>
    /// <param name="database">A migrated database.</param>
    /// <param name="rows">How many, a multiple of 10.</param>
    /// <param name="progress">Says how far it is.</param>
    /// <param name="cancellationToken">Ends it between two chunks.</param>
    public static async Task FillAsync(NpgsqlDataSource database, int rows, Action<string> progress, CancellationToken cancellationToken)
    {
        for (var done = 0; done < rows; done += Chunk)
        {
            var chunk = Math.Min(Chunk, rows - done);
            await InsertAsync(database, QValues, done / Share * 5, chunk / Share * 5, cancellationToken);
            await InsertAsync(database, Trajectories, done / Share, chunk / Share, cancellationToken);
            progress(string.Create(CultureInfo.InvariantCulture, $"{done + chunk:N0} of {rows:N0} expired rows inserted."));
        }

        // What autovacuum and the checkpointer do by themselves, minutes later: the load must not meet the fill's own aftermath.
        foreach (var aftermath in new[] { "vacuum analyze", "checkpoint" })
        {
            await using var command = database.CreateCommand(aftermath);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>How many expired rows are left.</summary>
    public static async Task<long> CountAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Expired);
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task InsertAsync(NpgsqlDataSource database, string sql, int first, int count, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("first", first);
        command.Parameters.AddWithValue("last", first + count - 1);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
