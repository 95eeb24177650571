-- Q-learning schema, step 26: an index for the deletion of sessions (our own; the earlier schema has none like it).
--
-- Deleting a session, or an agent type with its sessions, looks in q_values for rows that name it, to set their session_id to null. Without an
-- index each session that goes costs a reading of all of q_values. Only rows that SQL programs store with a session are in it, and a
-- flush never changes the column: it costs updates nothing.

create index if not exists idx_q_values_session on q_values (session_id) where session_id is not null;
