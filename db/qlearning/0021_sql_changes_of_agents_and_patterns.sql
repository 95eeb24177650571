-- Q-learning schema, step 21: what SQL programs write to agents and patterns is told to the cluster too.
--
-- A note with a subject is about that table; silos of the version before take it for a change of settings, which costs them one query. The
-- triggers that note are made by db/functions/note_agent_state_changes.sql and note_pattern_changes.sql.

alter table sql_changes add column if not exists subject varchar(20);
alter table sql_changes add column if not exists agent_instance_id varchar(100);

comment on column sql_changes.subject is 'agents or patterns; null: Q-values, or settings if is_settings says so';
comment on column sql_changes.agent_instance_id is 'The agent that was changed; null with the subject agents: every agent of the type';
