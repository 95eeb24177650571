-- All that has expired, and rewards of no trajectory 30 days after they were observed. Rows go in batches. A function cannot commit between
-- them, but each batch bounds the memory that the foreign keys of its statement need (a trajectory takes its rewards along).
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
