-- Q-learning schema, step 3: the indexes of the tables (those of the views are in step 5).
--
-- Difference from the earlier schema: no index holds q_value. Each such index turns every update into a write of all
-- indexes of the row: a batch of 500 updates took 23 ms with them and 7 ms without, and a state has so few actions
-- that sorting them costs nothing. idx_q_values_lookup stays, but as (agent_type, state_hash).
--
-- An index that has the name and the definition of this list is kept, so a large adopted table is not indexed anew; one
-- with the name but another definition is replaced. The definitions are written as pg_get_indexdef prints them; where
-- a version of PostgreSQL should print one otherwise, the index is merely built again.

do $indexes$
declare
    wanted record;
    found_oid oid;
    found_definition text;
    other text;
begin
    for wanted in
        select * from (values
            ('agent_states', 'idx_agent_states_activity', 'btree (last_activity DESC)'),
            ('agent_states', 'idx_agent_states_instance', 'btree (agent_instance_id)'),
            ('agent_states', 'idx_agent_states_performance', 'btree (agent_type, avg_reward DESC)'),
            ('agent_states', 'idx_agent_states_status', 'btree (status)'),
            ('agent_states', 'idx_agent_states_type', 'btree (agent_type)'),
            ('patterns', 'idx_patterns_agent_type', 'btree (agent_type)'),
            ('patterns', 'idx_patterns_category', 'btree (pattern_category)'),
            ('patterns', 'idx_patterns_data', 'gin (pattern_data)'),
            ('patterns', 'idx_patterns_last_used', 'btree (last_used DESC NULLS LAST)'),
            ('patterns', 'idx_patterns_name', 'gin (pattern_name gin_trgm_ops)'),
            ('patterns', 'idx_patterns_performance', 'btree (agent_type, avg_reward DESC)'),
            ('patterns', 'idx_patterns_triggers', 'gin (trigger_conditions)'),
            ('patterns', 'idx_patterns_type', 'btree (pattern_type)'),
            ('patterns', 'idx_patterns_usage', 'btree (usage_count DESC)'),
            ('q_values', 'idx_q_values_action_data', 'gin (action_data)'),
            ('q_values', 'idx_q_values_agent_state', 'btree (agent_type, state_hash)'),
            ('q_values', 'idx_q_values_agent_state_action', 'btree (agent_type, state_hash, action_hash)'),
            ('q_values', 'idx_q_values_expires', 'btree (expires_at) WHERE (expires_at IS NOT NULL)'),
            ('q_values', 'idx_q_values_lookup', 'btree (agent_type, state_hash)'),
            ('q_values', 'idx_q_values_state_data', 'gin (state_data)'),
            ('rewards', 'idx_rewards_agent_type', 'btree (agent_type)'),
            ('rewards', 'idx_rewards_observed', 'btree (observed_at DESC)'),
            ('rewards', 'idx_rewards_session', 'btree (session_id)'),
            ('rewards', 'idx_rewards_state_action', 'btree (agent_type, state_hash, action_hash)'),
            ('rewards', 'idx_rewards_trajectory', 'btree (trajectory_id)'),
            ('sessions', 'idx_sessions_agent_type', 'btree (agent_type)'),
            ('sessions', 'idx_sessions_metadata', 'gin (metadata)'),
            ('sessions', 'idx_sessions_start_time', 'btree (start_time DESC)'),
            ('sessions', 'idx_sessions_status', 'btree (status) WHERE ((status)::text = ''active''::text)'),
            ('trajectories', 'idx_trajectories_agent_type', 'btree (agent_type)'),
            ('trajectories', 'idx_trajectories_completed', 'btree (completed_at DESC)'),
            ('trajectories', 'idx_trajectories_expires', 'btree (expires_at) WHERE (expires_at IS NOT NULL)'),
            ('trajectories', 'idx_trajectories_reward', 'btree (total_reward DESC)'),
            ('trajectories', 'idx_trajectories_session', 'btree (session_id)'),
            ('trajectories', 'idx_trajectories_success', 'btree (success)'),
            ('trajectories', 'idx_trajectories_task', 'btree (task_id)')
        ) as list (table_name, index_name, definition)
    loop
        select i.indexrelid,
               case when i.indisvalid and not i.indisunique and i.indrelid = t.oid
                    then substring(pg_get_indexdef(i.indexrelid) from ' USING (.*)$') end
        into found_oid, found_definition
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
        join pg_index i on i.indexrelid = c.oid
        left join pg_class t on t.relname = wanted.table_name and t.relnamespace = n.oid
        where c.relname = wanted.index_name;

        if found_oid is not null and found_definition is distinct from wanted.definition then
            execute format('drop index %I.%I', current_schema(), wanted.index_name);
            found_oid := null;
        end if;
        if found_oid is null then
            execute format('create index %I on %I.%I using %s',
                wanted.index_name, current_schema(), wanted.table_name, wanted.definition);
        end if;
    end loop;

    -- Indexes of other names are not ours to drop, but their owner should know what they cost.
    for other in
        select i.indexrelid::regclass::text
        from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'q_value' and a.attnum = any (i.indkey)
        where i.indrelid = format('%I.q_values', current_schema())::regclass
    loop
        raise warning 'The index % holds q_values.q_value, so every update of a Q-value writes all indexes of its row. Drop it if you can.', other;
    end loop;
end
$indexes$;
