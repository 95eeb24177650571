-- Q-learning schema, step 9: what other programs write is told to the cluster.
--
-- Grains answer from memory. So that programs that write through SQL go on working beside them, triggers note in the table
-- sql_changes whose Q-values or settings were changed, and each silo reads what is new there a few times a second.
--
-- It is a table and not NOTIFY: a transaction that notifies holds a lock of the whole server while it commits, so commits are no longer
-- grouped. 18 callers of upsert_q_value made 3,050 upserts a second without NOTIFY, 950 to 1,090 with it. A table also
-- needs no connection of its own, so it works through PgBouncer in transaction mode, and a silo that was cut off for a moment misses
-- nothing.
--
-- Both tables are unlogged: noting costs no WAL. A crash empties them; silos notice that the server was started anew and read
-- their Q-tables again.

create unlogged table if not exists sql_changes (
    xid xid8 not null default pg_current_xact_id(),
    -- Null: every agent type.
    agent_type varchar(50),
    -- Null: every state of the agent type.
    state_hash varchar(64),
    -- True: the row of agent_types was changed, not Q-values.
    is_settings boolean not null default false
);
create index if not exists idx_sql_changes_xid on sql_changes (xid);

-- When a silo last read. Without a reader nothing is noted, so that sql_changes does not grow in a database that only SQL programs use.
create unlogged table if not exists sql_change_readers (
    reader varchar(100) not null primary key,
    seen_at timestamptz not null
);

comment on table sql_changes is 'What other programs changed, for the silos to take over; emptied by them after half a minute.';
comment on table sql_change_readers is 'When each silo last read sql_changes.';

-- The cluster's own flushes are not noted (they set qlearning.flush in their transaction), nor are rows that clean-up
-- deletes: they have expired, which memory knows by itself.
create or replace function are_sql_changes_noted()
returns boolean
language sql stable
as $body$
    select current_setting('qlearning.flush', true) is distinct from 'on'
       -- now(), not the clock: a long transaction in repeatable read sees the readers as they were when it began.
       and exists (select from sql_change_readers r where r.seen_at > now() - interval '1 minute')
$body$;

-- A trigger for statements, not for rows: a bulk load is noted in a few rows, and a flush of 10,000 rows takes about as long
-- as without it (30 ms; 27 ms with a row trigger that is skipped).
create or replace function note_q_value_changes()
returns trigger
language plpgsql
as $body$
begin
    if not are_sql_changes_noted() then
        return null;
    end if;
    insert into sql_changes (agent_type, state_hash)
    select s.agent_type, case when s.states > 1500 then null else s.state_hash end
    from (select c.agent_type, c.state_hash, count(*) over (partition by c.agent_type) as states
          from changed c group by c.agent_type, c.state_hash) s
    group by 1, 2;
    return null;
end
$body$;

create or replace function note_q_values_truncated()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type) values (null);
    end if;
    return null;
end
$body$;

create or replace function note_agent_type_changes()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type, is_settings) values (coalesce(new.agent_type, old.agent_type), true);
    end if;
    return null;
end
$body$;

-- A row that moves to another state leaves its old one: the trigger for statements sees only where it went. It fires only for updates
-- that set these columns, which no flush does.
create or replace function note_q_value_moved()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type, state_hash) values (old.agent_type, old.state_hash);
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither.
do $owner$
declare
    noting text;
begin
    foreach noting in array array[
        'are_sql_changes_noted', 'note_q_value_changes', 'note_q_values_truncated', 'note_agent_type_changes', 'note_q_value_moved'
    ] loop
        execute format('alter function %I.%I() security definer', current_schema(), noting);
        execute format('alter function %I.%I() set search_path = %I, pg_temp', current_schema(), noting, current_schema());
    end loop;
end
$owner$;

create or replace trigger q_values_note_insert
    after insert on q_values referencing new table as changed for each statement execute function note_q_value_changes();
create or replace trigger q_values_note_update
    after update on q_values referencing new table as changed for each statement execute function note_q_value_changes();
create or replace trigger q_values_note_delete
    after delete on q_values referencing old table as changed for each statement execute function note_q_value_changes();
create or replace trigger q_values_note_move
    after update of agent_type, state_hash, action_hash on q_values for each row
    when ((old.agent_type, old.state_hash, old.action_hash) is distinct from (new.agent_type, new.state_hash, new.action_hash))
    execute function note_q_value_moved();
create or replace trigger q_values_note_truncate
    after truncate on q_values for each statement execute function note_q_values_truncated();
create or replace trigger agent_types_note
    after insert or update or delete on agent_types for each row execute function note_agent_type_changes();

-- Difference to step 4: clean-up says that what it deletes need not be noted, and puts the setting back.
create or replace function cleanup_expired_batch(
    target text,
    batch_size integer default 5000,
    not_before timestamptz default '-infinity',
    out deleted bigint,
    out reached timestamptz)
language plpgsql volatile
as $body$
declare
    noted text := coalesce(current_setting('qlearning.flush', true), '');
begin
    if target is null or target not in ('q_values', 'trajectories', 'patterns') then
        raise exception 'The table "%" has no clean-up. Allowed: q_values, trajectories, patterns.', target
            using errcode = 'invalid_parameter_value';
    end if;
    if batch_size is null or batch_size < 1 then
        raise exception 'The batch size % is not allowed. Allowed: 1 or more.', batch_size
            using errcode = 'invalid_parameter_value';
    end if;
    perform set_config('qlearning.flush', 'on', true);
    execute format($sql$
        with gone as (
            delete from %1$I
            where ctid = any (array(
                select ctid
                from %1$I
                where expires_at >= $1 and expires_at <= now()
                order by expires_at
                limit $2
                for update skip locked))
            returning expires_at)
        select count(*), max(expires_at) from gone
        $sql$, target)
    into deleted, reached
    using not_before, batch_size;
    perform set_config('qlearning.flush', noted, true);
end
$body$;
