-- Q-learning schema, step 4: functions and triggers.

-- CREATE OR REPLACE can change neither argument names nor result types, and an overload of the same name would make calls
-- ambiguous: functions of these names that differ from ours go first. Those that have our signature are kept, and with
-- them the rights granted on them.
do $drop$
declare
    old record;
begin
    for old in
        select p.oid::regprocedure as signature
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace and n.nspname = current_schema()
        join (values
            ('upsert_q_value',
             'agent_type character varying, state_hash character varying, state_data jsonb, action_hash character varying, '
             || 'action_data jsonb, q_value numeric, session_id uuid DEFAULT NULL::uuid', 'bigint'),
            ('get_best_action', 'agent_type character varying, state_hash character varying',
             'TABLE(action_data jsonb, q_value numeric, confidence_score numeric)'),
            ('cleanup_expired_data', '', 'TABLE(table_name text, deleted_count bigint)'),
            ('cleanup_expired_batch',
             'target text, batch_size integer DEFAULT 5000, not_before timestamp with time zone DEFAULT ''-infinity''::timestamp with time zone, '
             || 'OUT deleted bigint, OUT reached timestamp with time zone', 'record'),
            ('refresh_materialized_views', '', 'void'),
            ('q_value_ttl', 'agent_type character varying', 'interval')
        ) as ours (name, arguments, result) on ours.name = p.proname
        where p.prokind <> 'f'
           or pg_get_function_arguments(p.oid) <> ours.arguments
           or pg_get_function_result(p.oid) <> ours.result
    loop
        execute format('drop routine %s', old.signature);
    end loop;
end
$drop$;

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

-- Differences from the earlier schema:
-- an update moves expires_at forward, or a Q-value in daily use would expire 30 days after its birth. It is rewritten
-- only when it moves by more than a day (a tenth of the time to live, if that is less), since a changed expires_at costs a
-- write of every index of the row. A row without an expiry keeps none, and a later expiry than ours stays;
-- an update of an expired row counts as a new start of learning, as if clean-up had already removed the row: one visit,
-- confidence and uncertainty 0.5;
-- the time to live is 30 days or what the agent type's metadata says as "ttlDays".
create or replace function upsert_q_value(
    agent_type varchar,
    state_hash varchar,
    state_data jsonb,
    action_hash varchar,
    action_data jsonb,
    q_value numeric,
    session_id uuid default null)
returns bigint
language plpgsql volatile
as $body$
-- PL/pgSQL keeps the plan from call to call: 5,500 upserts a second on one connection against 3,700 as a SQL function.
#variable_conflict use_column
declare
    stored_id bigint;
begin
    insert into q_values as known
        (agent_type, session_id, state_hash, state_data, action_hash, action_data, q_value, expires_at)
    values (
        upsert_q_value.agent_type,
        upsert_q_value.session_id,
        upsert_q_value.state_hash,
        upsert_q_value.state_data,
        upsert_q_value.action_hash,
        upsert_q_value.action_data,
        upsert_q_value.q_value,
        now() + q_value_ttl(upsert_q_value.agent_type))
    on conflict (agent_type, state_hash, action_hash) do update set
        q_value = excluded.q_value,
        last_updated = now(),
        visit_count = case when known.expires_at <= now() then 1 else known.visit_count + 1 end,
        confidence_score = case when known.expires_at <= now() then 0.5
            else least(coalesce(known.confidence_score, 0.5) + 0.01, 1) end,
        uncertainty = case when known.expires_at <= now() then 0.5
            else greatest(coalesce(known.uncertainty, 0.5) - 0.01, 0) end,
        expires_at = case
            when known.expires_at <= now()
              or excluded.expires_at - known.expires_at > least(interval '1 day', (excluded.expires_at - now()) / 10)
            then excluded.expires_at
            else known.expires_at end
    returning q_value_id into stored_id;
    return stored_id;
end
$body$;

-- Difference from the earlier schema: expired rows are passed over.
create or replace function get_best_action(agent_type varchar, state_hash varchar)
returns table (action_data jsonb, q_value numeric, confidence_score numeric)
language sql stable parallel safe
as $body$
    -- The last sort key makes the answer the same each time where both numbers tie.
    select q.action_data, q.q_value, q.confidence_score
    from q_values q
    where q.agent_type = get_best_action.agent_type
      and q.state_hash = get_best_action.state_hash
      and (q.expires_at is null or q.expires_at > now())
    order by q.q_value desc, q.confidence_score desc nulls last, q.action_hash
    limit 1
$body$;

-- One batch of one table. Rows that another transaction holds locked are left for the next run: clean-up neither waits for a flush
-- nor makes one wait in a circle. A program that wants short transactions calls this one, each call in its own
-- transaction, until it deletes nothing; "reached" is the newest expiry it deleted, and may be passed as "not_before" to
-- spare the next batch the way over rows already deleted.
create or replace function cleanup_expired_batch(
    target text,
    batch_size integer default 5000,
    not_before timestamptz default '-infinity',
    out deleted bigint,
    out reached timestamptz)
language plpgsql volatile
as $body$
begin
    if target is null or target not in ('q_values', 'trajectories', 'patterns') then
        raise exception 'The table "%" has no clean-up. Allowed: q_values, trajectories, patterns.', target
            using errcode = 'invalid_parameter_value';
    end if;
    if batch_size is null or batch_size < 1 then
        raise exception 'The batch size % is not allowed. Allowed: 1 or more.', batch_size
            using errcode = 'invalid_parameter_value';
    end if;
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
end
$body$;

-- Difference from the earlier schema: rows go in batches. A function cannot commit between them, but each batch bounds the memory
-- that the foreign keys of its statement need (a trajectory takes its rewards along).
create or replace function cleanup_expired_data()
returns table (table_name text, deleted_count bigint)
language plpgsql volatile
as $body$
declare
    batch record;
    not_before timestamptz;
begin
    foreach table_name in array array['q_values', 'trajectories', 'patterns'] loop
        deleted_count := 0;
        not_before := '-infinity';
        loop
            select * into batch from cleanup_expired_batch(table_name, 5000, not_before);
            exit when batch.deleted = 0;
            deleted_count := deleted_count + batch.deleted;
            not_before := batch.reached;
        end loop;
        return next;
    end loop;
end
$body$;

create or replace function refresh_materialized_views()
returns void
language plpgsql volatile
as $body$
declare
    view_name text;
begin
    foreach view_name in array array['agent_performance_summary', 'pattern_effectiveness'] loop
        -- Readers are not blocked by a concurrent refresh, but a view restored without its data cannot have one.
        if (select relispopulated from pg_class where oid = view_name::regclass) then
            execute format('refresh materialized view concurrently %I', view_name);
        else
            execute format('refresh materialized view %I', view_name);
        end if;
    end loop;
end
$body$;

create or replace function set_updated_at()
returns trigger
language plpgsql
as $body$
begin
    new.updated_at := now();
    return new;
end
$body$;

-- A trigger of another name that an adopted table may have does the same and may stay.
create or replace trigger agent_types_set_updated_at
    before update on agent_types for each row execute function set_updated_at();
create or replace trigger sessions_set_updated_at
    before update on sessions for each row execute function set_updated_at();
create or replace trigger agent_states_set_updated_at
    before update on agent_states for each row execute function set_updated_at();
