-- Notes which agents were changed or deleted. The cluster's own counting is not noted (it sets qlearning.flush in its transaction).
create or replace function note_agent_state_changes()
returns trigger
language plpgsql
as $body$
begin
    if are_sql_changes_noted() then
        -- is_settings: what silos of an older version take it for costs them least.
        insert into sql_changes (agent_type, subject, agent_instance_id, is_settings)
        select s.agent_type, 'agents', case when s.agents > 1500 then null else s.agent_instance_id end, true
        from (select c.agent_type, c.agent_instance_id, count(*) over (partition by c.agent_type) as agents from changed c) s
        group by 1, 3;
    end if;
    return null;
end
$body$;

-- Programs write with their own rights and their own search path; noting needs neither. Replacing a function takes its settings off.
do $settings$
begin
    execute format('alter function %I.note_agent_state_changes() security definer', current_schema());
    execute format('alter function %I.note_agent_state_changes() set search_path = %I, pg_temp', current_schema(), current_schema());
end
$settings$;

create or replace trigger agent_states_note_update
    after update on agent_states referencing old table as changed for each statement execute function note_agent_state_changes();
create or replace trigger agent_states_note_delete
    after delete on agent_states referencing old table as changed for each statement execute function note_agent_state_changes();

-- Replacing a trigger takes this off: whatever session_replication_role a program writes with.
alter table agent_states enable always trigger agent_states_note_update;
alter table agent_states enable always trigger agent_states_note_delete;
