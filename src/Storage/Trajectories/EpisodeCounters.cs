using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Agents;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Trajectories;

/// <summary>
/// Moves the counters of sessions and agents in the transaction that stores their trajectories. They are added to, not overwritten, so that
/// several silos and SQL programs may add to the same row; one that is at its end stays there. Rows are locked in the order of their keys,
/// sessions before agents, so that two transactions never wait for each other in a circle.
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
        update sessions s set task_count = least(s.task_count::bigint + a.tasks, 2147483647)::int,
            total_reward = coalesce(s.total_reward, 0) + a.reward
        from added a join locked using (session_id)
        where s.session_id = a.session_id
        """;

    // A row that a SQL program has deleted stays deleted. What it wrote into one is not overwritten; the agent reads it before its next
    // step.
    private const string AddToAgents = """
        with ended as (
            select agent_type, agent_instance_id, count(*)::int as tasks, count(*) filter (where success)::int as successes,
                   sum(reward::numeric(12,4)) as reward, sum(q_values)::int as q_values, min(exploration_rate) as exploration_rate,
                   min(rate_before) as rate_before, min(learning_rate) as learning_rate, min(own_learning_rate) as own_learning_rate,
                   min(status) as status, max(completed_at) as completed_at
            from unnest($1::varchar[], $2::varchar[], $3::boolean[], $4::numeric[], $5::int[], $6::numeric[], $7::numeric[], $8::varchar[],
                        $9::timestamptz[], $10::numeric[], $11::numeric[])
                as a (agent_type, agent_instance_id, success, reward, q_values, exploration_rate, learning_rate, status, completed_at,
                      rate_before, own_learning_rate)
            group by agent_type, agent_instance_id
        ), locked as materialized (
            select s.state_id from agent_states s join ended using (agent_type, agent_instance_id)
            order by s.agent_type, s.agent_instance_id for no key update of s
        )
        update agent_states s set
            total_tasks = case when s.total_tasks > 2147483647 - e.tasks then s.total_tasks else s.total_tasks + e.tasks end,
            successful_tasks = case when s.total_tasks > 2147483647 - e.tasks then s.successful_tasks
                                    -- The rate of both has no room for more than 9.9999.
                                    else greatest(
                                        least(s.successful_tasks::bigint + e.successes, s.total_tasks::bigint + e.tasks), 0)::int end,
            failed_tasks = case when s.total_tasks > 2147483647 - e.tasks then s.failed_tasks
                                else least(s.failed_tasks::bigint + e.tasks - e.successes, 2147483647)::int end,
            total_reward = s.total_reward + e.reward,
            avg_reward = coalesce(
                round((s.total_reward + e.reward) / nullif(least(s.total_tasks::bigint + e.tasks, 2147483647), 0), 4), 0),
            q_values_stored = least(s.q_values_stored::bigint + e.q_values, 2147483647)::int,
            current_exploration_rate = case
                when e.rate_before is null
                    -- As the agent read it: NaN, which is more than any number to PostgreSQL, as 0.
                    or abs(least(greatest(coalesce(nullif(s.current_exploration_rate, 'NaN'), 0), 0), 1) - e.rate_before) < 1e-12
                    -- A column that rounds, see migration 20.
                    or scale(s.current_exploration_rate) = 4 and s.current_exploration_rate = round(e.rate_before, 4)
                then e.exploration_rate
                else s.current_exploration_rate end,
            current_learning_rate = case
                when nullif(s.metadata -> 'learningRate', 'null') is not distinct from to_jsonb(e.own_learning_rate)
                    -- A number may be written as text.
                    or case when jsonb_typeof(s.metadata -> 'learningRate') = 'string'
                                 and s.metadata ->> 'learningRate' ~ '^ *[+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]{1,3})? *$'
                            then (s.metadata ->> 'learningRate')::numeric = e.own_learning_rate else false end
                then e.learning_rate
                else s.current_learning_rate end,
            status = case when lower(s.status) in ('paused', 'error') then s.status else e.status end,
            last_activity = greatest(s.last_activity, e.completed_at)
        from ended e
        where s.agent_type = e.agent_type and s.agent_instance_id = e.agent_instance_id and s.state_id in (select state_id from locked)
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
            .AddArray(episodes.Select(episode => episode.Trajectory.CompletedAt.ToUniversalTime()), NpgsqlDbType.TimestampTz)
            .AddArray(episodes.Select(episode => (decimal?)episode.Agent.RateBefore), NpgsqlDbType.Numeric)
            .AddArray(episodes.Select(episode => (decimal?)episode.Agent.OwnLearningRate), NpgsqlDbType.Numeric);
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
