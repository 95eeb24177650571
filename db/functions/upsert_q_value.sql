-- Stores what a program learned by itself; answers the row's id. Rules that the Q-table in memory shares: an update moves expires_at
-- forward, or a Q-value in daily use would expire 30 days after its birth. It is rewritten only when it moves by more than a day (a tenth
-- of the time to live, if that is less), since a changed expires_at costs a write of every index of the row. A row without an expiry keeps
-- none, and a later expiry than ours stays, be it infinity (which nothing may be subtracted from). An update of an expired row counts as a
-- new start of learning, as if clean-up had already removed the row: one visit, confidence and uncertainty 0.5. A visit count at the end of
-- its column stays there; below 0 or null it counts as 0. NaN is refused: it sorts above every number, so it would be the best action for
-- ever. It may run with the owner's rights: operands have the very types of PostgreSQL's operators, or one that somebody else made for
-- theirs would be taken; so do those of q_value_ttl.
create or replace function upsert_q_value(
    agent_type varchar,
    state_hash varchar,
    state_data jsonb,
    action_hash varchar,
    action_data jsonb,
    q_value numeric,
    session_id uuid default null)
returns bigint
language plpgsql volatile
as $body$
-- PL/pgSQL keeps the plan from call to call: 5,500 upserts a second on one connection against 3,700 as a SQL function.
#variable_conflict use_column
declare
    stored_id bigint;
begin
    if upsert_q_value.q_value = 'NaN' then
        raise exception 'The Q-value NaN is not allowed. Allowed: -999999.999999 to 999999.999999.'
            using errcode = 'numeric_value_out_of_range';
    end if;
    insert into q_values as known
        (agent_type, session_id, state_hash, state_data, action_hash, action_data, q_value, expires_at)
    values (
        upsert_q_value.agent_type,
        upsert_q_value.session_id,
        upsert_q_value.state_hash,
        upsert_q_value.state_data,
        upsert_q_value.action_hash,
        upsert_q_value.action_data,
        upsert_q_value.q_value,
        now() + q_value_ttl(upsert_q_value.agent_type))
    on conflict (agent_type, state_hash, action_hash) do update set
        q_value = excluded.q_value,
        last_updated = now(),
        visit_count = case when known.expires_at <= now() then 1 else least(greatest(known.visit_count, 0), 2147483646) + 1 end,
        confidence_score = case when known.expires_at <= now() then 0.5
            else least(coalesce(known.confidence_score, 0.5) + 0.01, 1) end,
        uncertainty = case when known.expires_at <= now() then 0.5
            else greatest(coalesce(known.uncertainty, 0.5) - 0.01, 0) end,
        expires_at = case
            when known.expires_at <= now()
              or known.expires_at < excluded.expires_at - least(interval '1 day', (excluded.expires_at - now()) / 10::double precision)
            then excluded.expires_at
            else known.expires_at end
    returning q_value_id into stored_id;
    return stored_id;
end
$body$;
