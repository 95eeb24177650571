-- Brings both materialized views up to date.
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

-- A silo's own user need not own the views, which PostgreSQL asks of whoever refreshes them. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.refresh_materialized_views() security definer', current_schema());
    execute format('alter function %I.refresh_materialized_views() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
