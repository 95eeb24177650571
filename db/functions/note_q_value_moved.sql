-- A row that moves to another state leaves its old one: the trigger for statements sees only where it went. It fires only for updates
-- that set these columns, which no flush does.
create or replace function note_q_value_moved()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type, state_hash) values (old.agent_type, old.state_hash);
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.note_q_value_moved() security definer', current_schema());
    execute format('alter function %I.note_q_value_moved() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
