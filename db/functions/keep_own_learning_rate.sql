-- An agent learns with the rate that metadata holds for it as "learningRate", else with its type's; current_learning_rate shows which. What
-- a program writes there by SQL is what the agent is to learn with, so it becomes its own: in an update when it is another than before and
-- metadata is not given another one too, in an insert when it is another than its type's. So it does in an update that takes the agent's own
-- out of metadata: that with the type's rate is a reset.
create or replace function keep_own_learning_rate()
returns trigger
language plpgsql
as $body$
begin
    -- A trigger of another program may write in a statement of the cluster.
    if (current_setting('qlearning.flush', true) is distinct from 'on' or pg_trigger_depth() > 1) and ((tg_op = 'UPDATE'
        and (nullif(new.metadata -> 'learningRate'::text, 'null'::jsonb) is not null
             or nullif(old.metadata -> 'learningRate'::text, 'null'::jsonb) is null)) or not exists (
        select from agent_types t
        where t.agent_type::text = new.agent_type::text and t.learning_rate = new.current_learning_rate))
    then
        new.metadata := (case when jsonb_typeof(new.metadata) = 'object' then new.metadata else '{}' end)
            || jsonb_build_object('learningRate', new.current_learning_rate);
    end if;
    return new;
end
$body$;

-- Programs write with their own rights and their own search path; keeping a rate needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.keep_own_learning_rate() security definer', current_schema());
    execute format('alter function %I.keep_own_learning_rate() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;

create or replace trigger agent_states_keep_learning_rate
    before update on agent_states for each row
    when (old.current_learning_rate is distinct from new.current_learning_rate
          and (nullif(new.metadata -> 'learningRate', 'null') is null
               or old.metadata -> 'learningRate' is not distinct from new.metadata -> 'learningRate'))
    execute function keep_own_learning_rate();
create or replace trigger agent_states_keep_inserted_rate
    before insert on agent_states for each row
    when (nullif(new.metadata -> 'learningRate', 'null') is null)
    execute function keep_own_learning_rate();
