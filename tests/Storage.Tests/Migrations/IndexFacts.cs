namespace QLearning.Storage.Tests.Migrations;

/// <summary>Indexes and constraints that programs rely on.</summary>
internal static class IndexFacts
{
    /// <summary>Table, name and definition.</summary>
    public const string Indexes = """
        agent_performance_summary | idx_agent_perf_summary_type | unique btree (agent_type)
        agent_states | idx_agent_states_activity | btree (last_activity DESC)
        agent_states | idx_agent_states_instance | btree (agent_instance_id)
        agent_states | idx_agent_states_performance | btree (agent_type, avg_reward DESC)
        agent_states | idx_agent_states_status | btree (status)
        agent_states | idx_agent_states_type | btree (agent_type)
        pattern_effectiveness | idx_pattern_eff_id | unique btree (pattern_id)
        pattern_effectiveness | idx_pattern_eff_reward | btree (avg_reward DESC)
        pattern_effectiveness | idx_pattern_eff_success | btree (success_rate DESC)
        patterns | idx_patterns_agent_type | btree (agent_type)
        patterns | idx_patterns_category | btree (pattern_category)
        patterns | idx_patterns_data | gin (pattern_data)
        patterns | idx_patterns_last_used | btree (last_used DESC NULLS LAST)
        patterns | idx_patterns_name | gin (pattern_name gin_trgm_ops)
        patterns | idx_patterns_performance | btree (agent_type, avg_reward DESC)
        patterns | idx_patterns_triggers | gin (trigger_conditions)
        patterns | idx_patterns_type | btree (pattern_type)
        patterns | idx_patterns_usage | btree (usage_count DESC)
        q_values | idx_q_values_action_data | gin (action_data)
        q_values | idx_q_values_agent_state | btree (agent_type, state_hash)
        q_values | idx_q_values_agent_state_action | btree (agent_type, state_hash, action_hash)
        q_values | idx_q_values_expires | btree (expires_at) WHERE (expires_at IS NOT NULL)
        q_values | idx_q_values_lookup | btree (agent_type, state_hash, q_value DESC)
        q_values | idx_q_values_state_data | gin (state_data)
        rewards | idx_rewards_agent_type | btree (agent_type)
        rewards | idx_rewards_observed | btree (observed_at DESC)
        rewards | idx_rewards_session | btree (session_id)
        rewards | idx_rewards_state_action | btree (agent_type, state_hash, action_hash)
        rewards | idx_rewards_trajectory | btree (trajectory_id)
        sessions | idx_sessions_agent_type | btree (agent_type)
        sessions | idx_sessions_metadata | gin (metadata)
        sessions | idx_sessions_start_time | btree (start_time DESC)
        sessions | idx_sessions_status | btree (status) WHERE ((status) = 'active')
        trajectories | idx_trajectories_agent_type | btree (agent_type)
        trajectories | idx_trajectories_completed | btree (completed_at DESC)
        trajectories | idx_trajectories_expires | btree (expires_at) WHERE (expires_at IS NOT NULL)
        trajectories | idx_trajectories_reward | btree (total_reward DESC)
        trajectories | idx_trajectories_session | btree (session_id)
        trajectories | idx_trajectories_success | btree (success)
        trajectories | idx_trajectories_task | btree (task_id)
        """;

    /// <summary>Table, name and definition.</summary>
    public const string Constraints = """
        agent_types | agent_types_pkey | PRIMARY KEY (agent_type)
        sessions | sessions_pkey | PRIMARY KEY (session_id)
        sessions | sessions_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        sessions | sessions_status_check | CHECK (((status) = ANY ((ARRAY['active', 'completed', 'failed', 'cancelled']))))
        q_values | uq_agent_state_action | UNIQUE (agent_type, state_hash, action_hash)
        q_values | q_values_pkey | PRIMARY KEY (q_value_id)
        q_values | q_values_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        q_values | q_values_session_id_fkey | FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE SET NULL
        trajectories | trajectories_pkey | PRIMARY KEY (trajectory_id)
        trajectories | trajectories_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        trajectories | trajectories_session_id_fkey | FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE CASCADE
        rewards | rewards_pkey | PRIMARY KEY (reward_id)
        rewards | rewards_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        rewards | rewards_session_id_fkey | FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE CASCADE
        rewards | rewards_trajectory_id_fkey | FOREIGN KEY (trajectory_id) REFERENCES trajectories(trajectory_id) ON DELETE CASCADE
        patterns | uq_agent_pattern | UNIQUE (agent_type, pattern_name, version)
        patterns | patterns_pkey | PRIMARY KEY (pattern_id)
        patterns | patterns_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        patterns | patterns_parent_pattern_id_fkey | FOREIGN KEY (parent_pattern_id) REFERENCES patterns(pattern_id) ON DELETE SET NULL
        agent_states | uq_agent_instance | UNIQUE (agent_type, agent_instance_id)
        agent_states | agent_states_pkey | PRIMARY KEY (state_id)
        agent_states | agent_states_agent_type_fkey | FOREIGN KEY (agent_type) REFERENCES agent_types(agent_type) ON DELETE CASCADE
        agent_states | agent_states_status_check | CHECK (((status) = ANY ((ARRAY['idle', 'active', 'learning', 'paused', 'error']))))
        """;
}
