-- Takes the ownership of a partition for the activation p_owner_id and answers its epoch. Null: agent_types says another number of partitions
-- than the caller. Negative, and nothing taken: the table has that many partitions now, whose owners should write what they have before
-- p_repartition is set.
create or replace function acquire_q_table(
    p_agent_type varchar,
    p_partition integer,
    p_partitions integer,
    p_repartition boolean,
    p_owner_id uuid)
returns bigint
language plpgsql volatile
as $body$
declare
    v_partitions integer;
    v_epoch bigint;
begin
    perform pg_advisory_xact_lock(hashtext('q_table_owners'), hashtext(p_agent_type));

    if exists (select from agent_types where agent_type = p_agent_type and q_table_partitions(agent_type) <> p_partitions) then
        return null;
    end if;

    select partitions into v_partitions from q_table_owners where agent_type = p_agent_type and partitions <> p_partitions limit 1;
    if found then
        if not p_repartition then
            return -v_partitions;
        end if;
        perform repartition_q_table(p_agent_type, p_partitions);
    end if;

    insert into q_table_owners as o (agent_type, partition, epoch, watermark, partitions, owner_id)
    values (p_agent_type, p_partition, nextval('q_table_epochs'), 0, p_partitions, p_owner_id)
    on conflict (agent_type, partition) do update
    set epoch = excluded.epoch, owner_id = excluded.owner_id, watermark = 0, taken_at = now()
    returning epoch into v_epoch;
    return v_epoch;
end
$body$;

comment on function acquire_q_table is 'Makes an activation the one owner of a partition of a Q-table';
