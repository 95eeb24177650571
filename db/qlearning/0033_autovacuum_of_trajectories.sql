-- Q-learning schema, step 33: trajectories and rewards are vacuumed early too.
--
-- The daily clean-up deletes what has expired. By default up to 16.7 % of a table are dead rows before autovacuum comes, and the alert is
-- at 10 %. They are as large as q_values, so vacuum keeps the pace that the server sets, as there.

do $body$
declare
    v_table text;
begin
    foreach v_table in array array['trajectories', 'rewards'] loop
        execute format(
            'alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 20, '
            'autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 50)',
            v_table);
    end loop;
end
$body$;
