-- Q-learning schema, step 19: a flush whose rows another program has deleted meanwhile is rolled back.
--
-- A flush stores Q-values and, in the same transaction, which numbered updates they have. If a row to update is gone, the number of its update
-- must not be stored without it: the statement calls this function, and the flush is written again with the row as a new one.

create or replace function q_values_vanished() returns bigint language plpgsql volatile as $$
begin
    raise exception 'rows of q_values to be updated by a flush are gone' using errcode = 'QL001';
end
$$;

comment on function q_values_vanished is 'Rolls back a flush whose rows were deleted meanwhile';
