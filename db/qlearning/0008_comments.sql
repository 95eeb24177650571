-- Q-learning schema, step 8: what tables and key columns mean, for people who look with psql.

comment on table agent_types is 'The kinds of agents and their hyperparameters';
comment on column agent_types.learning_rate is 'Step size (alpha), above 0 up to 1';
comment on column agent_types.discount_factor is 'Weight of future rewards (gamma), 0 to 1';
comment on column agent_types.exploration_rate is 'Probability of a random action (epsilon) at the start';
comment on column agent_types.min_exploration_rate is 'The exploration rate never falls below this';
comment on column agent_types.exploration_decay is 'Factor on the exploration rate at the end of each episode';
comment on column agent_types.is_active is 'An inactive type still answers reads but does not learn';
comment on column agent_types.metadata is 'Settings, such as ttlDays: days until a Q-value expires that is not learned any more (default 30)';

comment on table sessions is 'Groups of episodes of one agent type';
comment on column sessions.status is 'active, completed, failed or cancelled';

comment on table q_values is 'The Q-tables: expected discounted return of an action in a state, one row for each';
comment on column q_values.state_hash is 'Key of the state: SHA-256 in lower-case hex of its canonical JSON, or a key of the caller''s own';
comment on column q_values.state_data is 'JSON description of the state';
comment on column q_values.action_hash is 'Key of the action, made like state_hash';
comment on column q_values.action_data is 'JSON description of the action';
comment on column q_values.q_value is 'Expected discounted return; no index may hold this column, or updates become slow';
comment on column q_values.visit_count is 'How often the Q-value has been learned';
comment on column q_values.confidence_score is '0 to 1; rises by 0.01 at each update';
comment on column q_values.uncertainty is '0 to 1; falls by 0.01 at each update';
comment on column q_values.expires_at is 'Forgotten from then on, unless an update moves it forward; null: never';

comment on table trajectories is 'Whole episodes: states, actions, step rewards and outcome';
comment on column trajectories.step_rewards is 'JSON array with the reward of each step';
comment on column trajectories.discounted_reward is 'Sum of the step rewards, each discounted by its distance from the start';
comment on column trajectories.expires_at is 'Deleted by clean-up from then on, with its rewards; null: never';
comment on column trajectories.metadata is 'Free; patterns_used holds an array of pattern ids';

comment on table rewards is 'Single rewards as they were observed';
comment on column rewards.reward_type is 'What was rewarded, such as coverage or time';
comment on column rewards.reward_source is 'Who gave the reward';

comment on table patterns is 'Reusable heuristics of an agent type with statistics of their use';
comment on column patterns.trigger_conditions is 'When the pattern applies, as JSON';
comment on column patterns.version is 'A changed pattern is a new row with the next version';
comment on column patterns.parent_pattern_id is 'The pattern this one was derived from';

comment on table agent_states is 'One row for each running agent: its exploration rate and statistics';
comment on column agent_states.agent_instance_id is 'Name of the agent among those of its type';
comment on column agent_states.success_rate is 'successful_tasks / total_tasks, computed by the database';
comment on column agent_states.status is 'idle, active, learning, paused or error';

comment on table q_table_owners is 'Which activation of a grain owns the Q-values of an agent type';
comment on column q_table_owners.epoch is 'Fencing token: the owner''s number; a flush with a smaller one writes nothing';
comment on column q_table_owners.watermark is 'Number of the newest stored flush of this epoch';

comment on materialized view agent_performance_summary is 'One row per agent type; refreshed by refresh_materialized_views()';
comment on materialized view pattern_effectiveness is 'One row per pattern; refreshed by refresh_materialized_views()';

comment on function q_value_ttl(varchar) is 'How long a Q-value of the agent type lives after its last update';
comment on function upsert_q_value(varchar, varchar, jsonb, varchar, jsonb, numeric, uuid) is
    'Stores a Q-value: a new row, or one more visit of a known one; returns q_value_id';
comment on function get_best_action(varchar, varchar) is 'The action with the highest Q-value in a state that has not expired; no row if there is none';
comment on function cleanup_expired_batch(text, integer, timestamptz) is 'Deletes at most batch_size expired rows of one table';
comment on function cleanup_expired_data() is 'Deletes all expired rows in batches and says how many';
comment on function refresh_materialized_views() is 'Refreshes both views without blocking their readers';
