-- An agent learns with the rate that metadata holds for it as "learningRate", else with its type's; current_learning_rate shows which. What
-- a program writes there by SQL is what the agent is to learn with, so it becomes its own.
create or replace function keep_own_learning_rate()
returns trigger
language plpgsql
as $body$
begin
    -- A trigger of another program may write in a statement of the cluster.
    if current_setting('qlearning.flush', true) is distinct from 'on' or pg_trigger_depth() > 1 then
        new.metadata := (case when jsonb_typeof(new.metadata) = 'object' then new.metadata else '{}' end)
            || jsonb_build_object('learningRate', new.current_learning_rate);
    end if;
    return new;
end
$body$;

create or replace trigger agent_states_keep_learning_rate
    before update on agent_states for each row
    when (old.current_learning_rate is distinct from new.current_learning_rate
          and old.metadata -> 'learningRate' is not distinct from new.metadata -> 'learningRate')
    execute function keep_own_learning_rate();
