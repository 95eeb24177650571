-- The cluster's own flushes are not noted (they set qlearning.flush in their transaction), nor are rows that clean-up
-- deletes: they have expired, which memory knows by itself.
create or replace function are_sql_changes_noted()
returns boolean
language sql stable
as $body$
    -- Deeper than the trigger that asks: a trigger of another program writes, which the cluster's own statement fired.
    select (current_setting('qlearning.flush', true) is distinct from 'on' or pg_trigger_depth() > 1)
       -- now(), not the clock: a long transaction in repeatable read sees the readers as they were when it began.
       and exists (select from sql_change_readers r where r.seen_at > now() - interval '1 minute')
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.are_sql_changes_noted() security definer', current_schema());
    execute format('alter function %I.are_sql_changes_noted() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
