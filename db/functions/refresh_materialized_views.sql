-- Brings both materialized views up to date.
create or replace function refresh_materialized_views()
returns void
language plpgsql volatile
as $body$
begin
    -- Readers are not blocked by a concurrent refresh, but a view restored without its data cannot have one. The types are those of
    -- PostgreSQL's own operator, or one that somebody else made would run with the owner's rights.
    if (select relispopulated from pg_class where oid = 'agent_performance_summary'::regclass::oid) then
        refresh materialized view concurrently agent_performance_summary;
    else
        refresh materialized view agent_performance_summary;
    end if;
    if (select relispopulated from pg_class where oid = 'pattern_effectiveness'::regclass::oid) then
        refresh materialized view concurrently pattern_effectiveness;
    else
        refresh materialized view pattern_effectiveness;
    end if;
end
$body$;

-- A silo's own user need not own the views, which PostgreSQL asks of whoever refreshes them. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.refresh_materialized_views() security definer', current_schema());
    execute format('alter function %I.refresh_materialized_views() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
