-- Orleans, step 5: its grain state has no primary key (an index on hashes finds the rows), so a publication of all tables would make every
-- update of it fail.

alter table orleans_grain_state replica identity full;
