-- Q-learning schema, step 15: more room for HOT updates of q_values.
--
-- A flush that updates all rows of a page needs room for a second version of each. At fill factor 70 there was not enough: 46 % of the updates of
-- a flush that updates every row of its agent type were HOT. At 45 a page has room for both versions, and the older ones are pruned when the
-- next flush comes. The table takes about half as much more room on disk. Pages that are full already get the room as their rows are rewritten.

alter table q_values set (fillfactor = 45);
