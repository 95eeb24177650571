-- Q-learning schema, step 11: rewards that belong to no trajectory do not live for ever.
--
-- A trajectory takes its rewards along when it is cleaned up; a reward without one was never deleted. It now goes 30 days after it was
-- observed. The function answers the same three rows as before, since programs rely on them.

create index if not exists idx_rewards_loose on rewards (observed_at) where trajectory_id is null;

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
    loop
        delete from rewards where ctid = any (array(
            select r.ctid from rewards r
            where r.trajectory_id is null and r.observed_at < now() - interval '30 days'
            order by r.observed_at limit 5000 for update skip locked));
        exit when not found;
    end loop;
end
$body$;
