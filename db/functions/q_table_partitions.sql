-- Over how many grains an agent type's Q-table is divided: 1, or what its metadata says as "partitions". Read as AgentTypeMetadata reads it: a
-- number, or a text that is one.
create or replace function q_table_partitions(p_agent_type varchar)
returns integer
language sql stable parallel safe
as $body$
    -- What is not allowed counts as 1: no grain with such settings starts, and those that run keep theirs.
    select coalesce(
        (select case when t.metadata ->> 'partitions' ~ '^[0-9]{1,9}([.]0+)?$' and (t.metadata ->> 'partitions')::numeric between 1 and 64
                    then (t.metadata ->> 'partitions')::numeric::integer
                end
         from agent_types t
         where t.agent_type = p_agent_type and jsonb_typeof(t.metadata -> 'partitions') in ('number', 'string')),
        1)
$body$;
