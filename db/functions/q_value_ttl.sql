-- The time to live of an agent type's Q-values: 30 days, or what its metadata says as "ttlDays". Read as AgentTypeMetadata reads it: a number, or
-- a text that is one.
create or replace function q_value_ttl(agent_type varchar)
returns interval
language sql stable parallel safe
as $body$
    -- A setting that is no whole number from 1 to 36500 is passed over: a typing error in the settings must not stop learning.
    select make_interval(days => coalesce(
        (select case when t.metadata ->> 'ttlDays'::text ~ '^[0-9]{1,9}([.]0+)?$'
                          and (t.metadata ->> 'ttlDays'::text)::numeric between 1::numeric and 36500::numeric
                    then (t.metadata ->> 'ttlDays'::text)::numeric::integer
                end
         from agent_types t
         where t.agent_type::text = q_value_ttl.agent_type::text and jsonb_typeof(t.metadata -> 'ttlDays'::text) in ('number', 'string')),
        30))
$body$;
