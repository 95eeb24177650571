-- Called by a flush that finds a row to update gone: the number of its update must not be stored without it. The flush is written again with
-- the row as a new one.
create or replace function q_values_vanished()
returns bigint
language plpgsql volatile
as $body$
begin
    raise exception 'rows of q_values to be updated by a flush are gone' using errcode = 'QL001';
end
$body$;

comment on function q_values_vanished is 'Rolls back a flush whose rows were deleted meanwhile';
