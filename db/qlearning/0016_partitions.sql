-- Q-learning schema, step 16: a Q-table split by state key over several grains (our own; the earlier schema has nothing like it).
--
-- Over how many is said by agent_types.metadata -> 'partitions'. Each part has its row in q_table_owners. While a table is split in one way,
-- every row of its agent type there says so; whoever takes a part of a table that was split otherwise fences all its owners in the same
-- transaction, so that no row of q_values ever has two.

alter table q_table_owners add column if not exists partitions integer not null default 1;

comment on column q_table_owners.partitions is 'Over how many grains the Q-table was split when this part was taken';

-- The part that a state belongs to: the first 8 hex digits of a SHA-256 key, or of the MD5 of any other, modulo the number of parts.
create or replace function q_partition(state_hash text, partitions integer) returns integer language sql stable strict parallel safe
return (mod(
    ('x' || left(case when state_hash ~ '^[0-9a-f]{64}$' then state_hash else md5(convert_to(state_hash, 'UTF8')) end, 8))::bit(32)::bigint,
    partitions))::integer;

comment on function q_partition is 'The part of a split Q-table that a state belongs to';

-- Takes the ownership of a part: returns the epoch of the caller. Null: the table is to be split otherwise than the caller thinks. Negative, and
-- nothing taken: it is split into that many parts, whose owners should write what they have before p_resplit is set.
create or replace function take_q_table(p_agent_type varchar, p_partition integer, p_partitions integer, p_resplit boolean)
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
        if not p_resplit then
            return -v_partitions;
        end if;
        perform resplit_q_table(p_agent_type, p_partitions);
    end if;

    insert into q_table_owners as o (agent_type, partition, epoch, watermark, partitions)
    values (p_agent_type, p_partition, 1, 0, p_partitions)
    on conflict (agent_type, partition) do update set epoch = o.epoch + 1, watermark = 0, taken_at = now()
    returning epoch into v_epoch;
    return v_epoch;
end
$$;

comment on function take_q_table is 'Makes the caller the one owner of a part of a Q-table';

-- Fences all owners, and tells every new part which numbered updates are in the rows it gets.
create or replace function resplit_q_table(p_agent_type varchar, p_partitions integer) returns void language plpgsql as $$
begin
    -- In the order of flushes.
    perform from q_table_owners where agent_type = p_agent_type order by partition for update;
    update q_table_owners set epoch = epoch + 1, watermark = 0, partitions = p_partitions where agent_type = p_agent_type;
    insert into q_table_owners (agent_type, partition, epoch, partitions)
    select p_agent_type, part, 1, p_partitions from generate_series(0, p_partitions - 1) part
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

comment on function resplit_q_table is 'Ends the ownership of all parts of a Q-table, so that it can be split otherwise';
