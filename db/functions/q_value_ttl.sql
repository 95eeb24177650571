-- The time to live of an agent type's Q-values: 30 days, or what its metadata says as "ttlDays".
create or replace function q_value_ttl(agent_type varchar)
returns interval
language sql stable parallel safe
as $body$
    -- A setting that is no number from 1 to 36500 is passed over: a typing error in the settings must not stop learning.
    select make_interval(days => coalesce(
        (select case when jsonb_typeof(t.metadata -> 'ttlDays') = 'number' then
                    case when (t.metadata ->> 'ttlDays')::numeric between 1 and 36500
                         then trunc((t.metadata ->> 'ttlDays')::numeric)::integer end
                end
         from agent_types t
         where t.agent_type = q_value_ttl.agent_type),
        30))
$body$;
