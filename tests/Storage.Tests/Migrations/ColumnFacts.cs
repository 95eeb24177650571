namespace QLearning.Storage.Tests.Migrations;

/// <summary>Columns that programs rely on.</summary>
internal static class ColumnFacts
{
    /// <summary>Table and column, type, whether it may be null, default.</summary>
    public const string Tables = """
        agent_types.agent_type | varchar(50) | not null
        agent_types.display_name | varchar(100) | not null
        agent_types.description | text | null
        agent_types.state_space_dimensions | integer | not null | 10
        agent_types.action_space_dimensions | integer | not null | 5
        agent_types.learning_rate | numeric | not null | 0.1000
        agent_types.discount_factor | numeric | not null | 0.9500
        agent_types.exploration_rate | numeric | not null | 0.2000
        agent_types.min_exploration_rate | numeric | not null | 0.0100
        agent_types.exploration_decay | numeric | not null | 0.99500
        agent_types.is_active | boolean | not null | true
        agent_types.created_at | timestamptz | not null | now()
        agent_types.updated_at | timestamptz | not null | now()
        agent_types.metadata | jsonb | null | '{}'
        sessions.session_id | uuid | not null | random UUID
        sessions.agent_type | varchar(50) | not null
        sessions.session_name | varchar(200) | null
        sessions.start_time | timestamptz | not null | now()
        sessions.end_time | timestamptz | null
        sessions.status | varchar(20) | not null | 'active'
        sessions.task_count | integer | not null | 0
        sessions.total_reward | numeric(12,4) | null | 0.0000
        sessions.environment | varchar(50) | null | 'development'
        sessions.metadata | jsonb | null | '{}'
        sessions.created_at | timestamptz | not null | now()
        sessions.updated_at | timestamptz | not null | now()
        q_values.q_value_id | bigint | not null | identity / sequence
        q_values.agent_type | varchar(50) | not null
        q_values.session_id | uuid | null
        q_values.state_hash | varchar(64) | not null
        q_values.state_data | jsonb | not null
        q_values.action_hash | varchar(64) | not null
        q_values.action_data | jsonb | not null
        q_values.q_value | numeric(12,6) | not null | 0.000000
        q_values.visit_count | integer | not null | 1
        q_values.last_updated | timestamptz | not null | now()
        q_values.confidence_score | numeric(5,4) | null | 0.5000
        q_values.uncertainty | numeric(5,4) | null | 0.5000
        q_values.created_at | timestamptz | not null | now()
        q_values.expires_at | timestamptz | null
        q_values.metadata | jsonb | null | '{}'
        trajectories.trajectory_id | uuid | not null | random UUID
        trajectories.agent_type | varchar(50) | not null
        trajectories.session_id | uuid | null
        trajectories.task_id | varchar(100) | not null
        trajectories.initial_state | jsonb | not null
        trajectories.final_state | jsonb | not null
        trajectories.actions_taken | jsonb | not null
        trajectories.states_visited | jsonb | not null
        trajectories.step_rewards | jsonb | not null
        trajectories.total_reward | numeric(12,4) | not null
        trajectories.discounted_reward | numeric(12,4) | not null
        trajectories.execution_time_ms | integer | not null
        trajectories.success | boolean | not null
        trajectories.error_message | text | null
        trajectories.started_at | timestamptz | not null
        trajectories.completed_at | timestamptz | not null | now()
        trajectories.expires_at | timestamptz | null
        trajectories.metadata | jsonb | null | '{}'
        rewards.reward_id | bigint | not null | identity / sequence
        rewards.agent_type | varchar(50) | not null
        rewards.session_id | uuid | null
        rewards.trajectory_id | uuid | null
        rewards.state_hash | varchar(64) | not null
        rewards.action_hash | varchar(64) | not null
        rewards.reward_value | numeric(12,4) | not null
        rewards.reward_type | varchar(50) | not null
        rewards.reward_source | varchar(100) | null
        rewards.observed_at | timestamptz | not null | now()
        rewards.metadata | jsonb | null | '{}'
        patterns.pattern_id | uuid | not null | random UUID
        patterns.agent_type | varchar(50) | not null
        patterns.pattern_name | varchar(200) | not null
        patterns.pattern_type | varchar(50) | not null
        patterns.pattern_category | varchar(50) | null
        patterns.pattern_data | jsonb | not null
        patterns.trigger_conditions | jsonb | null
        patterns.expected_outcome | jsonb | null
        patterns.usage_count | integer | not null | 0
        patterns.success_count | integer | not null | 0
        patterns.failure_count | integer | not null | 0
        patterns.avg_reward | numeric(12,4) | null | 0.0000
        patterns.confidence_score | numeric(5,4) | null | 0.5000
        patterns.first_seen | timestamptz | not null | now()
        patterns.last_used | timestamptz | null
        patterns.expires_at | timestamptz | null
        patterns.version | integer | not null | 1
        patterns.parent_pattern_id | uuid | null
        patterns.metadata | jsonb | null | '{}'
        agent_states.state_id | uuid | not null | random UUID
        agent_states.agent_type | varchar(50) | not null
        agent_states.agent_instance_id | varchar(100) | not null
        agent_states.total_tasks | integer | not null | 0
        agent_states.successful_tasks | integer | not null | 0
        agent_states.failed_tasks | integer | not null | 0
        agent_states.total_reward | numeric(12,4) | not null | 0.0000
        agent_states.avg_reward | numeric(12,4) | not null | 0.0000
        agent_states.current_exploration_rate | numeric | not null
        agent_states.current_learning_rate | numeric | not null
        agent_states.success_rate | numeric(5,4) | null | stored: successful_tasks / total_tasks to 4 digits, 0 without tasks
        agent_states.patterns_learned | integer | not null | 0
        agent_states.q_values_stored | integer | not null | 0
        agent_states.status | varchar(20) | not null | 'idle'
        agent_states.last_activity | timestamptz | not null | now()
        agent_states.initialized_at | timestamptz | not null | now()
        agent_states.updated_at | timestamptz | not null | now()
        agent_states.metadata | jsonb | null | '{}'
        """;

    /// <summary>View, column and type.</summary>
    public const string Views = """
        agent_performance_summary.agent_type varchar(50)
        agent_performance_summary.display_name varchar(100)
        agent_performance_summary.total_sessions bigint
        agent_performance_summary.total_trajectories bigint
        agent_performance_summary.successful_trajectories bigint
        agent_performance_summary.avg_reward numeric
        agent_performance_summary.cumulative_reward numeric
        agent_performance_summary.avg_execution_time_ms numeric
        agent_performance_summary.unique_patterns bigint
        agent_performance_summary.avg_state_visits numeric
        agent_performance_summary.last_active timestamptz
        agent_performance_summary.active_instances bigint
        pattern_effectiveness.pattern_id uuid
        pattern_effectiveness.agent_type varchar(50)
        pattern_effectiveness.pattern_name varchar(200)
        pattern_effectiveness.pattern_type varchar(50)
        pattern_effectiveness.usage_count integer
        pattern_effectiveness.success_count integer
        pattern_effectiveness.failure_count integer
        pattern_effectiveness.success_rate numeric
        pattern_effectiveness.avg_reward numeric(12,4)
        pattern_effectiveness.confidence_score numeric(5,4)
        pattern_effectiveness.trajectories_using_pattern bigint
        pattern_effectiveness.avg_trajectory_reward numeric
        pattern_effectiveness.last_used timestamptz
        pattern_effectiveness.days_since_used numeric
        """;
}
