-- Q-learning schema, step 7: who owns the rows of an agent type (our own; the earlier schema has nothing like it).
--
-- The activation of a grain that takes an agent type over sets epoch to the next number. Each flush locks its row and compares
-- the epoch: an activation that lost the ownership writes nothing. Watermark is the number of the newest stored flush of that
-- epoch, so that a flush whose answer was lost can find out whether it happened.

create table if not exists q_table_owners (
    agent_type varchar(50) not null references agent_types (agent_type) on delete cascade,
    partition integer not null default 0,
    epoch bigint not null,
    watermark bigint not null default 0,
    taken_at timestamptz not null default now(),
    primary key (agent_type, partition)
);

-- Every flush updates one row here: half of each page stays free for HOT updates.
alter table q_table_owners set (fillfactor = 50);
