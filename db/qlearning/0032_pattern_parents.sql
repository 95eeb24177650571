-- Q-learning schema, step 32: an index for the deletion of patterns (our own; the earlier schema has none like it).
--
-- Deleting a pattern, also by clean-up or with its agent type, looks in patterns for versions that were made from it, to set their
-- parent_pattern_id to null. Without an index each pattern that goes costs a reading of all of them.

create index if not exists idx_patterns_parent on patterns (parent_pattern_id) where parent_pattern_id is not null;
