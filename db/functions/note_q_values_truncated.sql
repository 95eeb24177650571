-- Notes that any Q-value may have changed.
create or replace function note_q_values_truncated()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        insert into sql_changes (agent_type) values (null);
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.note_q_values_truncated() security definer', current_schema());
    execute format('alter function %I.note_q_values_truncated() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;
