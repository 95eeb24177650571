-- Orleans, step 1: the catalogue in which the ADO.NET providers look up their queries by key.
--
-- The providers find OrleansQuery through the search path and read the columns QueryKey and QueryText; names, keys, parameters and
-- result columns are their contract, all else is ours. Each query is one statement, so each is atomic on its own, and none
-- leaves anything behind in the database session, so all work behind PgBouncer.

create table if not exists OrleansQuery (
    QueryKey text not null primary key,
    QueryText text not null
);

-- The keys can only be served to one application at a time. Another Orleans application's queries must not be overwritten: it
-- would lose sight of its grain state and reminders.
do $check$
declare
    foreign_key text;
begin
    select min(QueryKey) into foreign_key from OrleansQuery where QueryText not like '%orleans\_%';
    if foreign_key is not null then
        raise exception 'OrleansQuery in schema "%" already serves another application: its query "%" is not ours.', current_schema(), foreign_key
            using hint = 'Choose a database or schema of its own for Q-learning.';
    end if;
end
$check$;

comment on table OrleansQuery is 'The queries of the Orleans ADO.NET providers; read when a silo or client starts';
