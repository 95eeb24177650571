-- Notes whose patterns were changed. The cluster's own uses and new patterns are not noted, nor are expired ones that clean-up deletes.
create or replace function note_pattern_changes()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        -- is_settings: what silos of an older version take it for costs them least.
        insert into sql_changes (agent_type, subject, is_settings)
        select distinct c.agent_type, 'patterns', true from changed c;
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.note_pattern_changes() security definer', current_schema());
    execute format('alter function %I.note_pattern_changes() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;

create or replace trigger patterns_note_insert
    after insert on patterns referencing new table as changed for each statement execute function note_pattern_changes();
create or replace trigger patterns_note_update
    after update on patterns referencing new table as changed for each statement execute function note_pattern_changes();
-- Of a pattern that moves to another type the old one is noted too.
create or replace trigger patterns_note_move
    after update on patterns referencing old table as changed for each statement execute function note_pattern_changes();
create or replace trigger patterns_note_delete
    after delete on patterns referencing old table as changed for each statement execute function note_pattern_changes();

-- Replacing a trigger takes this off: whatever session_replication_role a program writes with.
alter table patterns enable always trigger patterns_note_insert;
alter table patterns enable always trigger patterns_note_update;
alter table patterns enable always trigger patterns_note_move;
alter table patterns enable always trigger patterns_note_delete;
