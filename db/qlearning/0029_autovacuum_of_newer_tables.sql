-- Q-learning schema, step 29: tables that are newer than step 24 are vacuumed as early as those.
--
-- Each key of idempotency_keys is inserted once and updated at least once: by default 16.7 % of it are dead rows before autovacuum comes,
-- and the alert is at 10 %. api_keys and patterns are updated by their uses.

do $body$
declare
    v_table text;
begin
    foreach v_table in array array['idempotency_keys', 'api_keys', 'patterns'] loop
        execute format(
            'alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 20, '
            'autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 50)',
            v_table);
    end loop;
end
$body$;
