-- Q-learning schema, step 20: exploration and learning rates keep their digits.
--
-- Difference to step 2: the rates were numeric(5,4), decays numeric(6,5). At an exploration rate of 0.2 and a decay of 0.9999 the rounding took back
-- each step, so that an agent that was restarted after every episode never explored less; a learning rate of 0.00015 became 0.0002. Without a
-- scale the columns take what they are given; what is stored stays as it is, no table is rewritten.
--
-- A view of somebody's own on such a column keeps it as it is: the column then goes on rounding, and a warning names it.

do $body$
declare
    v_table text;
    v_column text;
    v_typmod integer;
    v_dependents text;
begin
    for v_table, v_column in
        values ('agent_types', 'learning_rate'), ('agent_types', 'discount_factor'), ('agent_types', 'exploration_rate'),
               ('agent_types', 'min_exploration_rate'), ('agent_types', 'exploration_decay'),
               ('agent_states', 'current_exploration_rate'), ('agent_states', 'current_learning_rate')
    loop
        select a.atttypmod into v_typmod from pg_attribute a where a.attrelid = v_table::regclass and a.attname = v_column;
        continue when v_typmod = -1;
        begin
            execute format('alter table %I alter column %I type numeric', v_table, v_column);
        exception when feature_not_supported then
            get stacked diagnostics v_dependents = pg_exception_detail;
            raise warning '%.% goes on rounding (%). Drop that view, type "alter table % alter column % type numeric", and make it again.',
                v_table, v_column, v_dependents, v_table, v_column;
        end;
    end loop;
end
$body$;
