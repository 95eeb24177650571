-- Notes that the settings of an agent type have changed.
create or replace function note_agent_type_changes()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type, is_settings) values (coalesce(new.agent_type, old.agent_type), true);
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.note_agent_type_changes() security definer', current_schema());
    execute format('alter function %I.note_agent_type_changes() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
