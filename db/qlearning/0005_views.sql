-- Q-learning schema, step 5: the two materialized views. They hold nothing that the tables do not, so they are dropped and
-- made anew, with the rights that were given on them; a view of yours that reads them stops this step, since it is not ours to drop.

select set_config('qlearning.view_grants', coalesce((
    select string_agg(
               format('grant %s on %I to %s%s;', a.privilege_type, c.relname,
                      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                      case when a.is_grantable then ' with grant option' else '' end), ' ')
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid in (to_regclass('agent_performance_summary'), to_regclass('pattern_effectiveness')) and a.grantee <> c.relowner
      -- PostgreSQL 17 has MAINTAIN, which only owners need before.
      and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')), ''), false);

drop materialized view if exists agent_performance_summary;

-- Difference from the earlier schema: each table is aggregated on its own before the join. Joined all at once, an agent type with
-- 2 sessions, 3 patterns and 1 trajectory counts 6 trajectories and 6 times their reward.
create materialized view agent_performance_summary as
with session_sums as (
    select agent_type, count(*) as total_sessions
    from sessions
    group by agent_type
),
trajectory_sums as (
    select agent_type,
           count(*) as total_trajectories,
           count(*) filter (where success) as successful_trajectories,
           avg(total_reward) as avg_reward,
           sum(total_reward) as cumulative_reward,
           avg(execution_time_ms) as avg_execution_time_ms
    from trajectories
    group by agent_type
),
pattern_sums as (
    select agent_type, count(*) as unique_patterns
    from patterns
    group by agent_type
),
q_value_sums as (
    select agent_type, avg(visit_count) as avg_state_visits
    from q_values
    group by agent_type
),
instance_sums as (
    select agent_type, max(last_activity) as last_active, count(*) as active_instances
    from agent_states
    group by agent_type
)
select t.agent_type,
       t.display_name,
       coalesce(s.total_sessions, 0) as total_sessions,
       coalesce(j.total_trajectories, 0) as total_trajectories,
       coalesce(j.successful_trajectories, 0) as successful_trajectories,
       j.avg_reward,
       coalesce(j.cumulative_reward, 0) as cumulative_reward,
       j.avg_execution_time_ms,
       coalesce(p.unique_patterns, 0) as unique_patterns,
       q.avg_state_visits,
       i.last_active,
       coalesce(i.active_instances, 0) as active_instances
from agent_types t
left join session_sums s using (agent_type)
left join trajectory_sums j using (agent_type)
left join pattern_sums p using (agent_type)
left join q_value_sums q using (agent_type)
left join instance_sums i using (agent_type);

create unique index idx_agent_perf_summary_type on agent_performance_summary (agent_type);

drop materialized view if exists pattern_effectiveness;

-- The pattern lists of the trajectories are unfolded once and joined by hash; asking each trajectory for each pattern
-- would be patterns times trajectories. A pattern named twice in one trajectory counts once.
create materialized view pattern_effectiveness as
with uses as (
    select distinct j.trajectory_id, j.agent_type, j.total_reward, used.pattern_id
    from trajectories j
    cross join lateral jsonb_array_elements_text(
        case when jsonb_typeof(j.metadata -> 'patterns_used') = 'array' then j.metadata -> 'patterns_used' else '[]' end)
        as used (pattern_id)
),
use_sums as (
    select agent_type, pattern_id, count(*) as trajectories_using_pattern, avg(total_reward) as avg_trajectory_reward
    from uses
    group by agent_type, pattern_id
)
select p.pattern_id,
       p.agent_type,
       p.pattern_name,
       p.pattern_type,
       p.usage_count,
       p.success_count,
       p.failure_count,
       case when p.usage_count > 0 then round(p.success_count::numeric / p.usage_count, 4) else 0 end as success_rate,
       p.avg_reward,
       p.confidence_score,
       coalesce(u.trajectories_using_pattern, 0) as trajectories_using_pattern,
       u.avg_trajectory_reward,
       p.last_used,
       floor(extract(epoch from now() - p.last_used) / 86400) as days_since_used
from patterns p
left join use_sums u on u.agent_type = p.agent_type and u.pattern_id = p.pattern_id::text;

create unique index idx_pattern_eff_id on pattern_effectiveness (pattern_id);
create index idx_pattern_eff_reward on pattern_effectiveness (avg_reward desc);
create index idx_pattern_eff_success on pattern_effectiveness (success_rate desc);

do $grants$
begin
    if current_setting('qlearning.view_grants') <> '' then
        execute current_setting('qlearning.view_grants');
        perform set_config('qlearning.view_grants', '', false);
    end if;
end
$grants$;
