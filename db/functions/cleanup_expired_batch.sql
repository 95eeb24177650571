-- One batch of one table. Rows that another transaction holds locked are left for the next run: clean-up neither waits for a flush
-- nor makes one wait in a circle. So are rows whose deletion would take a row along that is held. A program that wants short transactions calls this one, each call in its own
-- transaction, until it deletes nothing; "reached" is the newest expiry it deleted, and may be passed as "not_before" to
-- spare the next batch the way over rows already deleted. What it deletes is not noted in sql_changes.
create or replace function cleanup_expired_batch(
    target text,
    batch_size integer default 5000,
    not_before timestamptz default '-infinity',
    out deleted bigint,
    out reached timestamptz)
language plpgsql volatile
as $body$
declare
    -- What goes with the rows of the target, and the key that both have.
    parts text := case target when 'trajectories' then 'rewards' when 'patterns' then 'pattern_uses' end;
    key text := case target when 'trajectories' then 'trajectory_id' when 'patterns' then 'pattern_id' end;
    expired uuid[];
    passed_over bigint := 0;
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
    deleted := 0;
    if parts is null then
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
    else
        while deleted = 0 loop
            execute format($sql$
                select array(
                    select %2$I
                    from %1$I
                    where expires_at >= $1 and expires_at <= now()
                    order by expires_at
                    limit $2 offset $3
                    for update skip locked)
                $sql$, target, key)
            into expired
            using not_before, batch_size, passed_over;
            exit when cardinality(expired) = 0;
            passed_over := passed_over + batch_size;
            -- A statement of its own: it sees all parts, and no more come while the rows are locked.
            execute format($sql$
                with free as materialized (
                    select p.ctid as place from %2$I p where p.%3$I = any ($1) for update skip locked
                ), gone as (
                    delete from %1$I t
                    where t.%3$I = any ($1) and not exists (
                        select from %2$I p where p.%3$I = t.%3$I and not exists (
                            select from free f where f.place = p.ctid))
                    returning t.expires_at)
                select count(*), max(expires_at) from gone
                $sql$, target, parts, key)
            into deleted, reached
            using expired;
        end loop;
    end if;
    perform set_config('qlearning.flush', noted, true);
end
$body$;
