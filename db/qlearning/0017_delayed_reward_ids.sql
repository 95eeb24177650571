-- Q-learning schema, step 17: a late reward has one row.
--
-- The id of a reward that was learned from late is kept in its metadata. Two calls with the same reward, on two silos say, could both find
-- that it has no row yet and both store one. Now it is unique for each state and action, so that the second row is left out by
-- "on conflict do nothing". Of rows that are there twice already all but the oldest give their id up; they stay with all they say.
--
-- The index holds only what the program itself wrote: rows of other programs may repeat what they like.

do $ids$
begin
    if to_regclass('uq_rewards_delayed') is not null then
        return;
    end if;
    update rewards r
    set metadata = (r.metadata - 'id') || jsonb_build_object('repeats_id', r.metadata -> 'id')
    from (select reward_id, row_number() over (partition by agent_type, state_hash, action_hash, metadata ->> 'id' order by reward_id) as place
          from rewards
          where reward_type = 'delayed' and metadata @> '{"learned": true}' and metadata ->> 'id' is not null) d
    where d.reward_id = r.reward_id and d.place > 1;
    create unique index uq_rewards_delayed on rewards (agent_type, state_hash, action_hash, (metadata ->> 'id'))
        where reward_type = 'delayed' and metadata @> '{"learned": true}';
end
$ids$;

comment on index uq_rewards_delayed is 'A reward that was learned from late has one row for a state and action';
