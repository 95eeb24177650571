namespace QLearning.Storage.Checks;

/// <summary>
/// The checks: each statement answers a row for each thing it looked at, with a text that says what is wrong, or null. Trajectories live
/// only so long, so sums over them are exact for agents and sessions younger than that, and bounds for older ones.
/// </summary>
internal static class CheckStatements
{
    /// <summary>Agent types with the time their trajectories live, which is asked once for each.</summary>
    private const string Lives = """
        lives as materialized (select agent_type, now() - q_value_ttl(agent_type) as oldest from agent_types)
        """;

    public const string Agents = $"""
        with {Lives}, sums as (
            select agent_type, metadata ->> 'agent_instance' as instance, count(*) as tasks, count(*) filter (where success) as successes,
                   sum(total_reward) as reward
            from trajectories where metadata ? 'agent_instance' group by 1, 2
        )
        select case
            when a.initialized_at > l.oldest and (a.total_tasks, a.successful_tasks, a.total_reward)
                is distinct from (coalesce(s.tasks, 0), coalesce(s.successes, 0), coalesce(s.reward, 0))
              or a.total_tasks < coalesce(s.tasks, 0)
            then format('%s/%s has total_tasks %s, successful_tasks %s, total_reward %s; its trajectories are %s, %s, %s',
                a.agent_type, a.agent_instance_id, a.total_tasks, a.successful_tasks, a.total_reward,
                coalesce(s.tasks, 0), coalesce(s.successes, 0), coalesce(s.reward, 0)) end
        from agent_states a join lives l using (agent_type)
        left join sums s on s.agent_type = a.agent_type and s.instance = a.agent_instance_id
        union all
        select format('%s/%s has %s trajectories and no row in agent_states', s.agent_type, s.instance, s.tasks)
        from sums s left join agent_states a on a.agent_type = s.agent_type and a.agent_instance_id = s.instance where a.agent_type is null
        """;

    public const string AgentCounters = """
        select case when total_tasks <> successful_tasks::bigint + failed_tasks
                      or avg_reward <> case when total_tasks = 0 then 0 else round(total_reward / total_tasks, 4) end
            then format('%s/%s: total_tasks %s, successful %s, failed %s, total_reward %s, avg_reward %s',
                agent_type, agent_instance_id, total_tasks, successful_tasks, failed_tasks, total_reward, avg_reward) end
        from agent_states
        """;

    public const string Sessions = $"""
        with {Lives}, sums as (
            select session_id, count(*) as tasks, sum(total_reward) as reward from trajectories where session_id is not null group by 1
        )
        select case
            when x.start_time > l.oldest
                 and (x.task_count, coalesce(x.total_reward, 0)) is distinct from (coalesce(s.tasks, 0), coalesce(s.reward, 0))
              or x.task_count < coalesce(s.tasks, 0)
            then format('session %s has task_count %s, total_reward %s; its trajectories are %s, %s',
                x.session_id, x.task_count, x.total_reward, coalesce(s.tasks, 0), coalesce(s.reward, 0)) end
        from sessions x join lives l using (agent_type) left join sums s using (session_id)
        """;

    public const string SessionEnds = """
        select case when (status = 'active') <> (end_time is null) or end_time < start_time
            then format('session %s is %s and ends at %s', session_id, status, coalesce(end_time::text, 'no time')) end
        from sessions
        """;

    public const string TrajectorySteps = """
        select case
            when jsonb_typeof(step_rewards) <> 'array' or jsonb_typeof(actions_taken) <> 'array' or jsonb_typeof(states_visited) <> 'array'
            then format('trajectory %s has a column that is no array', trajectory_id)
            when jsonb_array_length(actions_taken) <> jsonb_array_length(step_rewards)
              or jsonb_array_length(states_visited) <> jsonb_array_length(step_rewards)
            then format('trajectory %s has %s states, %s actions, %s rewards', trajectory_id,
                jsonb_array_length(states_visited), jsonb_array_length(actions_taken), jsonb_array_length(step_rewards))
            when exists (select from jsonb_array_elements(step_rewards) as r (reward) where jsonb_typeof(reward) <> 'number')
            then format('trajectory %s has a step whose reward is no number', trajectory_id)
            when abs(total_reward - (select coalesce(sum(value::numeric), 0) from jsonb_array_elements_text(step_rewards))) > 0.0001
            then format('trajectory %s has total_reward %s; its steps sum to %s', trajectory_id, total_reward,
                (select sum(value::numeric) from jsonb_array_elements_text(step_rewards))) end
        from trajectories
        """;

    /// <summary>Only trajectories that grains stored: SQL programs may store trajectories without rewards.</summary>
    public const string TrajectoryRewards = """
        with sums as (
            select trajectory_id, count(*) as rewards, sum(reward_value) as reward,
                   count(*) filter (where reward_type = 'terminal') as terminal
            from rewards where trajectory_id is not null and reward_type in ('immediate', 'terminal') group by 1
        )
        select case when s.terminal <> 1 or s.rewards <> jsonb_array_length(t.step_rewards)
                      or abs(s.reward - t.total_reward) > 0.0001 * (s.rewards + 1)
            then format('trajectory %s has %s steps and total_reward %s; its rewards are %s, %s terminal, sum %s', t.trajectory_id,
                jsonb_array_length(t.step_rewards), t.total_reward, s.rewards, s.terminal, s.reward) end
        from trajectories t join sums s using (trajectory_id)
        where jsonb_typeof(t.step_rewards) = 'array' and (t.expires_at is null or t.expires_at > now())
        """;

    /// <summary>
    /// A learned reward is in the visit count of its Q-value. One that was observed before the Q-value's row was made, or so long ago that
    /// the Q-value may have expired since, belongs to an earlier life of it. (An expiry may lag by a day behind the last update.)
    /// </summary>
    public const string Visits = $$"""
        with {{Lives}}, learned as (
            select agent_type, state_hash, action_hash, observed_at from rewards where metadata @> '{"learned": true}'
        )
        select case when q.visit_count < count(l.observed_at)
            then format('%s, state %s, action %s has visit_count %s and %s learned rewards',
                q.agent_type, q.state_hash, q.action_hash, q.visit_count, count(l.observed_at)) end
        from q_values q
        join lives y on y.agent_type = q.agent_type
        left join learned l on l.agent_type = q.agent_type and l.state_hash = q.state_hash and l.action_hash = q.action_hash
            and l.observed_at >= greatest(q.created_at, y.oldest + interval '1 day')
        where q.expires_at is null or q.expires_at > now()
        group by q.q_value_id
        """;

    public const string QValues = """
        select case when visit_count < 1 or confidence_score not between 0 and 1 or uncertainty not between 0 and 1
            then format('%s, state %s, action %s has visit_count %s, confidence %s, uncertainty %s',
                agent_type, state_hash, action_hash, visit_count, confidence_score, uncertainty) end
        from q_values
        """;

    public const string Patterns = """
        select case when usage_count <> success_count::bigint + failure_count or confidence_score not between 0 and 1
                      or (version > 1) and parent_pattern_id = pattern_id
            then format('pattern %s has usage_count %s, success_count %s, failure_count %s, confidence %s',
                pattern_id, usage_count, success_count, failure_count, confidence_score) end
        from patterns
        """;

    public const string PerformanceView = """
        select case when (v.total_sessions, v.total_trajectories, v.successful_trajectories, v.cumulative_reward, v.unique_patterns,
                          v.active_instances)
                is distinct from (s.n, t.n, t.ok, t.reward, p.n, a.n)
            then format('agent_performance_summary of %s has sessions %s, trajectories %s, successes %s, reward %s, patterns %s, '
                || 'instances %s; '
                || 'the tables have %s, %s, %s, %s, %s, %s', y.agent_type, v.total_sessions, v.total_trajectories,
                v.successful_trajectories, v.cumulative_reward, v.unique_patterns, v.active_instances,
                s.n, t.n, t.ok, t.reward, p.n, a.n) end
        from agent_types y
        left join agent_performance_summary v using (agent_type)
        cross join lateral (select count(*) as n from sessions x where x.agent_type = y.agent_type) s
        cross join lateral (select count(*) as n, count(*) filter (where success) as ok, coalesce(sum(total_reward), 0) as reward
                            from trajectories x where x.agent_type = y.agent_type) t
        cross join lateral (select count(*) as n from patterns x where x.agent_type = y.agent_type) p
        cross join lateral (select count(*) as n from agent_states x where x.agent_type = y.agent_type) a
        """;

    public const string PatternView = """
        with uses as (
            select distinct j.agent_type, j.trajectory_id, used.pattern_id
            from trajectories j
            cross join lateral jsonb_array_elements_text(
                case when jsonb_typeof(j.metadata -> 'patterns_used') = 'array' then j.metadata -> 'patterns_used' else '[]' end)
                as used (pattern_id)
        ), sums as (
            select agent_type, pattern_id, count(*) as n from uses group by agent_type, pattern_id
        )
        select case when (v.usage_count, v.success_count, v.success_rate, v.trajectories_using_pattern)
                is distinct from (p.usage_count, p.success_count,
                    case when p.usage_count = 0 then 0 else round(p.success_count::numeric / p.usage_count, 4) end, coalesce(t.n, 0))
            then format('pattern_effectiveness of %s has usage %s, successes %s, rate %s, trajectories %s; '
                || 'the tables have %s, %s, trajectories %s',
                p.pattern_id, v.usage_count, v.success_count, v.success_rate, v.trajectories_using_pattern, p.usage_count, p.success_count,
                coalesce(t.n, 0)) end
        from patterns p
        left join pattern_effectiveness v using (pattern_id)
        left join sums t on t.agent_type = p.agent_type and t.pattern_id = p.pattern_id::text
        """;
}
