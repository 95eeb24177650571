-- null || '{"ttlDays": 60}' is null, and JSON null || that is an array: a program that adds a setting would set nothing, without a word.
create or replace function keep_metadata()
returns trigger
language plpgsql
as $body$
begin
    new.metadata := '{}';
    return new;
end
$body$;

create or replace trigger agent_types_keep_metadata
    before insert or update on agent_types for each row when (new.metadata is null or new.metadata = 'null')
    execute function keep_metadata();
