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
