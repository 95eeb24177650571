-- Q-learning schema, step 27: the keys under which callers over HTTP repeat requests (our own; the earlier schema has nothing like it).
--
-- A key is claimed before its request does anything: the claim has the client id and number under which its updates are learned, so that
-- whoever repeats it, through whichever silo, learns under the same numbers, and q_table_clients makes them count once. With the answer
-- stored, a repeated request is answered without being done. A key counts for 24 hours; clean-up deletes it an hour later, as it does the
-- numbers of silent clients: while a key counts, its numbers are known.

create table if not exists idempotency_keys (
    scope varchar(100) not null,
    key varchar(255) not null,
    request bytea not null,
    client_id uuid not null,
    first_number bigint not null,
    holder uuid not null,
    held_until timestamptz not null,
    created_at timestamptz not null default now(),
    answer text,
    primary key (scope, key)
);
create index if not exists idx_idempotency_keys_created_at on idempotency_keys (created_at);

comment on table idempotency_keys is 'Idempotency keys of the last 24 hours, so that a repeated request counts once';
comment on column idempotency_keys.scope is 'Whose key it is: callers may choose the same keys';
comment on column idempotency_keys.request is 'SHA-256 of method, address and body: the same key with another request is refused';
comment on column idempotency_keys.first_number is 'The number, for client_id, of the first update that the request makes';
comment on column idempotency_keys.held_until is 'Until then one process works on it, and others are turned away';
comment on column idempotency_keys.answer is 'What was answered; null: it is not known whether the request took effect';
