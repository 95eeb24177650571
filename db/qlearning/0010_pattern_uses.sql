-- Q-learning schema, step 10: the uses of patterns that were recorded lately.
--
-- A caller whose answer was lost sends its use again. The id of each use is kept in the transaction that counts it, so that it counts
-- once, whichever silo the second call reaches. Ids are kept for a day; clean-up of patterns takes older ones along.

create table if not exists pattern_uses (
    use_id uuid not null primary key,
    pattern_id uuid not null references patterns (pattern_id) on delete cascade,
    used_at timestamptz not null default now()
);
create index if not exists idx_pattern_uses_used_at on pattern_uses (used_at);
create index if not exists idx_pattern_uses_pattern on pattern_uses (pattern_id);

comment on table pattern_uses is 'The uses of patterns recorded in the last day, so that one sent twice counts once.';
