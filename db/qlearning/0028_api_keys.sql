-- Q-learning schema, step 28: keys of callers over HTTP (our own; the earlier schema has nothing like it).
--
-- A key is 256 random bits; what is stored is their SHA-256, so that whoever reads this table cannot call with it. Keys are made and
-- revoked by 'qlearn keys' on the database. Two keys have the same name while one replaces the other.

create table if not exists api_keys (
    key_id uuid primary key default gen_random_uuid(),
    name varchar(100) not null constraint api_keys_name_check check (name <> ''),
    prefix varchar(12) not null,
    hash bytea not null constraint api_keys_hash_unique unique constraint api_keys_hash_check check (octet_length(hash) = 32),
    scopes text[] not null
        constraint api_keys_scopes_check check (cardinality(scopes) > 0 and scopes <@ array['read', 'learn', 'admin']),
    agent_types text[] constraint api_keys_agent_types_check check (cardinality(agent_types) > 0),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index if not exists idx_api_keys_name on api_keys (name);

comment on table api_keys is 'Keys of callers over HTTP, by their hashes';
comment on column api_keys.name is 'Whose key it is, as the audit log says it; idempotency keys are told apart by it';
comment on column api_keys.prefix is 'How the key begins, so that people recognise it';
comment on column api_keys.hash is 'SHA-256 of the key';
comment on column api_keys.agent_types is 'The agent types that it is for; null: all';
comment on column api_keys.last_used_at is 'The last use that was noted: at most one a minute is';
