-- Fences all owners of a Q-table, and tells the owner of every new partition which numbered updates are in the rows that it gets: the union
-- of what the old ones had.
create or replace function repartition_q_table(p_agent_type varchar, p_partitions integer)
returns void
language plpgsql volatile
as $body$
begin
    -- In the order of flushes.
    perform from q_table_owners where agent_type = p_agent_type order by partition for update;
    update q_table_owners
    set epoch = nextval('q_table_epochs'), owner_id = gen_random_uuid(), watermark = 0, partitions = p_partitions
    where agent_type = p_agent_type;
    insert into q_table_owners (agent_type, partition, epoch, partitions, owner_id)
    select p_agent_type, n, nextval('q_table_epochs'), p_partitions, gen_random_uuid() from generate_series(0, p_partitions - 1) n
    on conflict (agent_type, partition) do nothing;

    with floors as (
        select client_id, max(floor) as floor, max(used_at) as used_at from q_table_clients where agent_type = p_agent_type group by client_id
    ), windows as (
        select f.client_id, f.floor, f.used_at,
               array(select distinct number from q_table_clients c cross join unnest(c.above) number
                     where c.agent_type = p_agent_type and c.client_id = f.client_id and number > f.floor order by number) as above
        from floors f
    )
    insert into q_table_clients (agent_type, partition, client_id, floor, above, used_at)
    select p_agent_type, n, w.client_id, w.floor, w.above, w.used_at from windows w cross join generate_series(0, p_partitions - 1) n
    on conflict (agent_type, partition, client_id) do update
    set floor = excluded.floor, above = excluded.above, used_at = excluded.used_at;

    delete from q_table_clients where agent_type = p_agent_type and partition >= p_partitions;
end
$body$;

comment on function repartition_q_table is 'Ends the ownership of all partitions of a Q-table, which gets another number of them';

-- Its name in steps 16 and 18.
drop function if exists resplit_q_table(varchar, integer);
