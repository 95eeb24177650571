-- Q-learning schema, step 30: what other programs write is noted whatever session_replication_role they write with (the triggers of other
-- tables stand beside their functions), and JSON null in agent_types.metadata counts as null does (see keep_metadata).

alter table q_values enable always trigger q_values_note_insert;
alter table q_values enable always trigger q_values_note_update;
alter table q_values enable always trigger q_values_note_delete;
alter table q_values enable always trigger q_values_note_move;
alter table q_values enable always trigger q_values_note_truncate;
alter table agent_types enable always trigger agent_types_note;

update agent_types set metadata = '{}' where metadata = 'null';
