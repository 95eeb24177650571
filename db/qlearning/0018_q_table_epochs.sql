-- Q-learning schema, step 18: an epoch never comes again.
--
-- Epochs were counted for each part of a Q-table. After an agent type was deleted and made again they began anew, and after q_table_owners
-- was set back an activation could have the epoch of an older one. Now all come from one sequence. A restored backup sets the sequence back
-- too, so each activation also brings an id of its own: a flush writes only when epoch and owner_id are those of its activation.
--
-- A silo of the version before calls take_q_table and compares the epoch alone, which goes on to work while silos are exchanged.

create sequence if not exists q_table_epochs as bigint;

comment on sequence q_table_epochs is 'The epochs of q_table_owners';

select setval('q_table_epochs', max(o.epoch))
from q_table_owners o
having max(o.epoch) >= (select s.last_value from q_table_epochs s);

alter table q_table_owners add column if not exists owner_id uuid not null default '00000000-0000-0000-0000-000000000000';

comment on column q_table_owners.epoch is 'Fencing token: the number of the owner, from q_table_epochs; a flush with another one writes nothing';
comment on column q_table_owners.owner_id is 'The owner''s own id; a flush with another one writes nothing';

-- Takes the ownership of a part for the activation p_owner_id; answers as take_q_table does, see step 16.
create or replace function acquire_q_table(
    p_agent_type varchar, p_partition integer, p_partitions integer, p_repartition boolean, p_owner_id uuid)
returns bigint language plpgsql as $$
declare
    v_partitions integer;
    v_epoch bigint;
begin
    perform pg_advisory_xact_lock(hashtext('q_table_owners'), hashtext(p_agent_type));

    if exists (select from agent_types
               where agent_type = p_agent_type and coalesce(metadata -> 'partitions', '1'::jsonb) <> to_jsonb(p_partitions)) then
        return null;
    end if;

    select partitions into v_partitions from q_table_owners where agent_type = p_agent_type and partitions <> p_partitions limit 1;
    if found then
        if not p_repartition then
            return -v_partitions;
        end if;
        perform resplit_q_table(p_agent_type, p_partitions);
    end if;

    insert into q_table_owners as o (agent_type, partition, epoch, watermark, partitions, owner_id)
    values (p_agent_type, p_partition, nextval('q_table_epochs'), 0, p_partitions, p_owner_id)
    on conflict (agent_type, partition) do update
    set epoch = excluded.epoch, owner_id = excluded.owner_id, watermark = 0, taken_at = now()
    returning epoch into v_epoch;
    return v_epoch;
end
$$;

comment on function acquire_q_table is 'Makes an activation the one owner of a part of a Q-table';

-- Difference to step 16: epochs come from the sequence.
create or replace function take_q_table(p_agent_type varchar, p_partition integer, p_partitions integer, p_resplit boolean)
returns bigint language sql volatile as $$
    select acquire_q_table(p_agent_type, p_partition, p_partitions, p_resplit, gen_random_uuid())
$$;

-- Difference to step 16: epochs come from the sequence.
create or replace function resplit_q_table(p_agent_type varchar, p_partitions integer) returns void language plpgsql as $$
begin
    -- In the order of flushes.
    perform from q_table_owners where agent_type = p_agent_type order by partition for update;
    update q_table_owners
    set epoch = nextval('q_table_epochs'), owner_id = gen_random_uuid(), watermark = 0, partitions = p_partitions
    where agent_type = p_agent_type;
    insert into q_table_owners (agent_type, partition, epoch, partitions, owner_id)
    select p_agent_type, part, nextval('q_table_epochs'), p_partitions, gen_random_uuid() from generate_series(0, p_partitions - 1) part
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
    select p_agent_type, part, w.client_id, w.floor, w.above, w.used_at from windows w cross join generate_series(0, p_partitions - 1) part
    on conflict (agent_type, partition, client_id) do update
    set floor = excluded.floor, above = excluded.above, used_at = excluded.used_at;

    delete from q_table_clients where agent_type = p_agent_type and partition >= p_partitions;
end
$$;
