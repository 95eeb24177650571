-- Q-learning schema, step 14: which updates of which client are in the Q-values (our own; the earlier schema has nothing like it).
--
-- A client numbers its updates. The numbers that were learned are stored in the transaction that stores what was learned, so a client that
-- lost the answer, or whose update was only in the memory of a silo that died, sends it again and it counts once. Every number up to
-- "floor" counts as learned, and those in "above". A client that was silent for a day is forgotten by the clean-up.

create table if not exists q_table_clients (
    agent_type varchar(50) not null,
    partition integer not null default 0,
    client_id uuid not null,
    floor bigint not null,
    above bigint[] not null,
    used_at timestamptz not null default now(),
    primary key (agent_type, partition, client_id),
    foreign key (agent_type, partition) references q_table_owners (agent_type, partition) on delete cascade
);

-- Each flush updates the rows of the clients it has updates of: half of each page stays free for HOT updates. For the same reason there is
-- no index on used_at: the table has a row per client and agent type, and clean-up reads it whole.
alter table q_table_clients set (fillfactor = 50);

comment on table q_table_clients is 'Which numbered updates of which client are in the Q-values, so that one sent twice counts once';
comment on column q_table_clients.floor is 'Every number up to it has taken effect or will not be sent again';
comment on column q_table_clients.above is 'Numbers above the floor that have taken effect';
comment on column q_table_clients.used_at is 'The last flush with updates of this client; rows older than a day are deleted by clean-up';
