-- Notes that anything may have changed. A table that is truncated says nothing of the rows that it had; a note without an agent type has every
-- silo read again what it has in memory. The trigger of q_values is that of step 9.
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

create or replace trigger agent_types_note_truncate
    after truncate on agent_types for each statement execute function note_q_values_truncated();
create or replace trigger agent_states_note_truncate
    after truncate on agent_states for each statement execute function note_q_values_truncated();
create or replace trigger patterns_note_truncate
    after truncate on patterns for each statement execute function note_q_values_truncated();
-- Replacing a trigger takes this off: whatever session_replication_role a program writes with.
alter table agent_types enable always trigger agent_types_note_truncate;
alter table agent_states enable always trigger agent_states_note_truncate;
alter table patterns enable always trigger patterns_note_truncate;
