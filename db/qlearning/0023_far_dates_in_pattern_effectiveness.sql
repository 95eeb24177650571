-- Q-learning schema, step 23: a pattern whose last use is said to be 'infinity' no longer stops the refresh of both views.
--
-- Difference to step 5: days_since_used is null for it, since infinity minus a time is an error before PostgreSQL 17. The view is made anew
-- with the rights that were given on it. A view of yours that reads it keeps the old one, and a warning says so.

do $body$
declare
    v_grants text;
begin
    select string_agg(
               format('grant %s on pattern_effectiveness to %s%s;', a.privilege_type,
                      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                      case when a.is_grantable then ' with grant option' else '' end), ' ')
    into v_grants
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = 'pattern_effectiveness'::regclass and a.grantee <> c.relowner
      -- PostgreSQL 17 has MAINTAIN, which only owners need before.
      and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER');

    drop materialized view pattern_effectiveness;

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
           floor(extract(epoch from now() - case when isfinite(p.last_used) then p.last_used end) / 86400) as days_since_used
    from patterns p
    left join use_sums u on u.agent_type = p.agent_type and u.pattern_id = p.pattern_id::text;

    create unique index idx_pattern_eff_id on pattern_effectiveness (pattern_id);
    create index idx_pattern_eff_reward on pattern_effectiveness (avg_reward desc);
    create index idx_pattern_eff_success on pattern_effectiveness (success_rate desc);

    comment on materialized view pattern_effectiveness is 'One row per pattern; refreshed by refresh_materialized_views()';

    if v_grants is not null then
        execute v_grants;
    end if;
exception when dependent_objects_still_exist then
    raise warning 'pattern_effectiveness stays as it was, since other views read it: a refresh fails while a last_used is infinity.';
end
$body$;
