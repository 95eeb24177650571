using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Agents;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Trajectories;

/// <summary>
/// Moves the counters of sessions and agents in the transaction that stores their trajectories. They are added to, not overwritten, so that
/// several silos and SQL programs may add to the same row. Rows are locked in the order of their keys, sessions before agents, so that two
/// transactions never wait for each other in a circle.
/// </summary>
internal static class EpisodeCounters
{
    private const string AddToSessions = """
        with added as (
            select session_id, count(*)::int as tasks, sum(reward::numeric(12,4)) as reward
            from unnest($1::uuid[], $2::numeric[]) as a (session_id, reward) group by session_id
        ), locked as materialized (
            select s.session_id from sessions s join added using (session_id) order by s.session_id for no key update of s
        )
        update sessions s set task_count = s.task_count + a.tasks, total_reward = coalesce(s.total_reward, 0) + a.reward
        from added a join locked using (session_id)
        where s.session_id = a.session_id
        """;

    private const string AddToAgents = """
        insert into agent_states as s (agent_type, agent_instance_id, total_tasks, successful_tasks, failed_tasks, total_reward, avg_reward,
                                       q_values_stored, current_exploration_rate, current_learning_rate, status, last_activity)
        select agent_type, agent_instance_id, count(*), count(*) filter (where success), count(*) filter (where not success),
               sum(reward::numeric(12,4)), round(avg(reward::numeric(12,4)), 4), sum(q_values), min(exploration_rate), min(learning_rate),
               min(status), max(completed_at)
        from unnest($1::varchar[], $2::varchar[], $3::boolean[], $4::numeric[], $5::int[], $6::numeric[], $7::numeric[], $8::varchar[],
                    $9::timestamptz[])
            as a (agent_type, agent_instance_id, success, reward, q_values, exploration_rate, learning_rate, status, completed_at)
        group by agent_type, agent_instance_id
        order by agent_type, agent_instance_id
        on conflict (agent_type, agent_instance_id) do update set
            total_tasks = s.total_tasks + excluded.total_tasks,
            successful_tasks = s.successful_tasks + excluded.successful_tasks,
            failed_tasks = s.failed_tasks + excluded.failed_tasks,
            total_reward = s.total_reward + excluded.total_reward,
            avg_reward = round((s.total_reward + excluded.total_reward) / (s.total_tasks + excluded.total_tasks), 4),
            q_values_stored = s.q_values_stored + excluded.q_values_stored,
            current_exploration_rate = excluded.current_exploration_rate,
            current_learning_rate = excluded.current_learning_rate,
            status = excluded.status,
            last_activity = greatest(s.last_activity, excluded.last_activity)
        returning s.agent_type, s.agent_instance_id, s.total_tasks, s.successful_tasks, s.failed_tasks, s.total_reward::float8,
                  s.avg_reward::float8, s.q_values_stored
        """;

    private const string ReadTotals = """
        select s.agent_type, s.agent_instance_id, s.total_tasks, s.successful_tasks, s.failed_tasks, s.total_reward::float8,
               s.avg_reward::float8, s.q_values_stored
        from agent_states s
        join unnest($1::varchar[], $2::varchar[]) as a (agent_type, agent_instance_id) using (agent_type, agent_instance_id)
        """;

    /// <summary>Adds to the sessions of trajectories; null when they have none.</summary>
    public static NpgsqlBatchCommand? AddToSessionsOf(IEnumerable<TrajectoryRecord> trajectories)
    {
        TrajectoryRecord[] inSessions = [.. trajectories.Where(trajectory => trajectory.SessionId is not null)];
        if (inSessions.Length == 0)
        {
            return null;
        }

        var command = new NpgsqlBatchCommand(AddToSessions);
        command.Parameters
            .AddArray(inSessions.Select(trajectory => trajectory.SessionId!.Value), NpgsqlDbType.Uuid)
            .AddArray(inSessions.Select(trajectory => (decimal)trajectory.TotalReward), NpgsqlDbType.Numeric);
        return command;
    }

    /// <summary>Adds to the agents of episodes, and returns their totals; null when there are no episodes.</summary>
    public static NpgsqlBatchCommand? AddToAgentsOf(IReadOnlyCollection<(TrajectoryRecord Trajectory, AgentProgress Agent)> episodes)
    {
        if (episodes.Count == 0)
        {
            return null;
        }

        var command = new NpgsqlBatchCommand(AddToAgents);
        command.Parameters
            .AddArray(episodes.Select(episode => episode.Agent.Agent.AgentType), NpgsqlDbType.Varchar)
            .AddArray(episodes.Select(episode => episode.Agent.Agent.Instance), NpgsqlDbType.Varchar)
            .AddArray(episodes.Select(episode => episode.Trajectory.Success), NpgsqlDbType.Boolean)
            .AddArray(episodes.Select(episode => (decimal)episode.Trajectory.TotalReward), NpgsqlDbType.Numeric)
            .AddArray(episodes.Select(episode => episode.Agent.NewQValues), NpgsqlDbType.Integer)
            .AddArray(episodes.Select(episode => (decimal)episode.Agent.ExplorationRate), NpgsqlDbType.Numeric)
            .AddArray(episodes.Select(episode => (decimal)episode.Agent.LearningRate), NpgsqlDbType.Numeric)
            .AddArray(episodes.Select(episode => AgentStatusText.Of(episode.Agent.Status)), NpgsqlDbType.Varchar)
            .AddArray(episodes.Select(episode => episode.Trajectory.CompletedAt.ToUniversalTime()), NpgsqlDbType.TimestampTz);
        return command;
    }

    public static async Task<Dictionary<AgentKey, AgentTotals>> ReadTotalsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<AgentKey> agents, CancellationToken cancellationToken)
    {
        var totals = new Dictionary<AgentKey, AgentTotals>();
        if (agents.Count == 0)
        {
            return totals;
        }

        await using var command = new NpgsqlCommand(ReadTotals, connection);
        command.Parameters
            .AddArray(agents.Select(agent => agent.AgentType), NpgsqlDbType.Varchar)
            .AddArray(agents.Select(agent => agent.Instance), NpgsqlDbType.Varchar);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await ReadTotalsAsync(reader, totals, cancellationToken);
        return totals;
    }

    /// <summary>Reads totals as the statements here return them.</summary>
    public static async Task ReadTotalsAsync(
        NpgsqlDataReader reader, Dictionary<AgentKey, AgentTotals> into, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            into[new AgentKey(reader.GetString(0), reader.GetString(1))] = new AgentTotals(
                reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetDouble(5), reader.GetDouble(6), reader.GetInt32(7));
        }
    }
}
