-- The best action of a state, as memory answers it: expired rows and NaN are passed over. Where Q-values tie, no confidence comes after
-- any, and one beyond 0 to 1 counts as the nearest of these. The last sort key compares bytes, which makes the answer the same each time where
-- both numbers tie. It may run with the owner's rights: operands have the very types of PostgreSQL's operators, or one that somebody else
-- made for theirs would be taken.
create or replace function get_best_action(agent_type varchar, state_hash varchar)
returns table (action_data jsonb, q_value numeric, confidence_score numeric)
language sql stable parallel safe
as $body$
    select q.action_data, q.q_value, q.confidence_score
    from q_values q
    where q.agent_type::text = get_best_action.agent_type::text
      and q.state_hash::text = get_best_action.state_hash::text
      and (q.expires_at is null or q.expires_at > now())
      and q.q_value <> 'NaN'
    order by q.q_value desc, case when q.confidence_score is not null then least(greatest(q.confidence_score, 0), 1) end desc nulls last,
             q.action_hash collate "C"
    limit 1
$body$;
