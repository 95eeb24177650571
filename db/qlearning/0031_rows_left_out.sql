-- Also of rows that a trigger leaves out: the text said only that rows are gone.
create or replace function q_values_vanished()
returns bigint
language plpgsql volatile
as $body$
begin
    raise exception 'a flush could not write all its rows of q_values: some were deleted or moved meanwhile, or a trigger left them out' using errcode = 'QL001';
end
$body$;

comment on function q_values_vanished is 'Rolls back a flush that did not write each of its rows';
