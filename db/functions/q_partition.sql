-- The partition that a state belongs to: the first 8 hex digits of a SHA-256 key, or of the MD5 of any other, modulo the number of
-- partitions. The cluster computes the same (TablePartition).
create or replace function q_partition(state_hash text, partitions integer)
returns integer
language sql stable strict parallel safe
return (mod(
    ('x' || left(case when state_hash ~ '^[0-9a-f]{64}$' then state_hash else md5(convert_to(state_hash, 'UTF8')) end, 8))::bit(32)::bigint,
    partitions))::integer;

comment on function q_partition is 'The partition of a Q-table that a state belongs to';
