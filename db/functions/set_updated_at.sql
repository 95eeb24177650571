-- For triggers: when a row was last changed.
create or replace function set_updated_at()
returns trigger
language plpgsql
as $body$
begin
    new.updated_at := now();
    return new;
end
$body$;
