using Npgsql;

namespace QLearning.Bench.Rivals;

/// <summary>Trajectories stored by SQL: the row of the episode and a row for each reward, one statement each.</summary>
/// <param name="database">PostgreSQL.</param>
internal sealed class SqlTrajectories(NpgsqlDataSource database)
{
    private const string Trajectory = """
        insert into trajectories (trajectory_id, agent_type, task_id, initial_state, final_state, actions_taken, states_visited,
                                  step_rewards,
                                  total_reward, discounted_reward, execution_time_ms, success, started_at)
        values ($1, 'coverage-analyzer', 'task', '"s0"', '"end"', $2::jsonb, $3::jsonb, $4::jsonb, 10, 10, 5, true, now())
        """;

    private const string Reward = """
        insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type)
        values ('coverage-analyzer', $1, $2, $3, 1, 'step')
        """;

    /// <summary>Stores an episode of 10 steps.</summary>
    /// <param name="isOneTransaction">Whether one commit stores all its rows, not one each.</param>
    public async Task StoreAsync(bool isOneTransaction)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = isOneTransaction ? await connection.BeginTransactionAsync() : null;
        var id = Guid.NewGuid();
        await using (var episode = new NpgsqlCommand(Trajectory, connection))
        {
            episode.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            episode.Parameters.Add(new NpgsqlParameter<string> { TypedValue = """["a","a","a","a","a","a","a","a","a","a"]""" });
            episode.Parameters.Add(new NpgsqlParameter<string> { TypedValue = """["s","s","s","s","s","s","s","s","s","s"]""" });
            episode.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "[1,1,1,1,1,1,1,1,1,1]" });
            await episode.ExecuteNonQueryAsync();
        }

        for (var step = 0; step < 10; step++)
        {
            await using var reward = new NpgsqlCommand(Reward, connection);
            reward.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            reward.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "state" });
            reward.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "action" });
            await reward.ExecuteNonQueryAsync();
        }

        await (transaction?.CommitAsync() ?? Task.CompletedTask);
    }
}
