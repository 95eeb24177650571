-- What silos call that know no owner ids; only while silos are exchanged for newer ones. The name of the last parameter is that of step 16,
-- which can be run again: a function that is replaced keeps the names of its parameters.
create or replace function take_q_table(p_agent_type varchar, p_partition integer, p_partitions integer, p_resplit boolean)
returns bigint
language sql volatile
as $body$
    select acquire_q_table(p_agent_type, p_partition, p_partitions, p_resplit, gen_random_uuid())
$body$;

comment on function take_q_table is 'Makes the caller the one owner of a partition of a Q-table; see acquire_q_table';
