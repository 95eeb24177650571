-- Q-learning schema, step 22: a change of settings that SQL programs write is never lost in a null.
--
-- metadata may be null, and null || '{"ttlDays": 60}' is null: the statement succeeds and sets nothing. A row without metadata gets an
-- empty object; db/functions/keep_metadata.sql makes the trigger that keeps it so.

update agent_types set metadata = '{}' where metadata is null;
