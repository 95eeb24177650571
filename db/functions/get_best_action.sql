-- The best action of a state, as memory answers it: expired rows and NaN are passed over, and the last sort key compares bytes, which makes
-- the answer the same each time where both numbers tie.
create or replace function get_best_action(agent_type varchar, state_hash varchar)
returns table (action_data jsonb, q_value numeric, confidence_score numeric)
language sql stable parallel safe
as $body$
    select q.action_data, q.q_value, q.confidence_score
    from q_values q
    where q.agent_type = get_best_action.agent_type
      and q.state_hash = get_best_action.state_hash
      and (q.expires_at is null or q.expires_at > now())
      and q.q_value <> 'NaN'
    order by q.q_value desc, q.confidence_score desc nulls last, q.action_hash collate "C"
    limit 1
$body$;
