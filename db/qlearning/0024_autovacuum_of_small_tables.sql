-- Q-learning schema, step 24: our own small tables are vacuumed as soon as they are worth it.
--
-- They have few rows, which are updated or replaced all the time, so "dead rows / live rows" reads hundreds of per cent until the next
-- vacuum. By default that comes after 50 dead rows at the earliest; here it comes with each round of autovacuum (once a minute). A low fill
-- factor lets an update of a one-page table clear the page by itself.

do $body$
declare
    v_table text;
begin
    foreach v_table in array array[
        'sql_changes', 'sql_change_readers', 'q_table_owners', 'q_table_clients', 'pattern_uses', 'agent_states', 'agent_types', 'sessions'
    ] loop
        execute format(
            'alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = %s, '
            'autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = %s)',
            v_table,
            case when v_table in ('agent_states', 'agent_types', 'sessions', 'pattern_uses') then 20 else 5 end,
            case when v_table in ('agent_states', 'agent_types', 'sessions', 'pattern_uses') then 50 else 20 end);
    end loop;
end
$body$;

alter table sql_change_readers set (fillfactor = 10);
