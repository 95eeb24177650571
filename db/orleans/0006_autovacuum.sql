-- Orleans, step 6: its small tables are vacuumed as early as ours (q-learning schema, step 24).
--
-- A silo updates its row of orleans_membership every few seconds, and the others have a handful of rows: by default the dead ones are many
-- times the live ones before autovacuum comes.

do $body$
declare
    v_table text;
begin
    foreach v_table in array array['orleans_membership', 'orleans_membership_version', 'orleans_grain_state', 'orleans_reminder'] loop
        execute format(
            'alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 20, '
            'autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 50)',
            v_table);
    end loop;
end
$body$;
