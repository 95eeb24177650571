-- A database as an earlier script made it: UUIDs by an extension's function, sequences, indexes that hold q_value, functions with
-- other argument names, an updated_at trigger of another name, and a row in each table.
create function old_uuid() returns uuid language sql as 'select gen_random_uuid()';
create table agent_types (
    agent_type varchar(50) primary key, display_name varchar(100) not null, description text,
    state_space_dimensions integer not null default 10, action_space_dimensions integer not null default 5,
    learning_rate numeric(5,4) not null default 0.1, discount_factor numeric(5,4) not null default 0.95,
    exploration_rate numeric(5,4) not null default 0.2, min_exploration_rate numeric(5,4) not null default 0.01,
    exploration_decay numeric(6,5) not null default 0.995, is_active boolean not null default true,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(), metadata jsonb default '{}');
create table sessions (
    session_id uuid primary key default old_uuid(), agent_type varchar(50) not null references agent_types on delete cascade,
    session_name varchar(200), start_time timestamptz not null default now(), end_time timestamptz,
    status varchar(20) not null default 'active', task_count integer not null default 0, total_reward numeric(12,4) default 0,
    environment varchar(50) default 'development', metadata jsonb default '{}', created_at timestamptz not null default now(),
    updated_at timestamptz not null default now());
create table q_values (
    q_value_id bigserial primary key, agent_type varchar(50) not null references agent_types on delete cascade,
    session_id uuid references sessions on delete set null, state_hash varchar(64) not null, state_data jsonb not null,
    action_hash varchar(64) not null, action_data jsonb not null, q_value numeric(12,6) not null default 0,
    visit_count integer not null default 1, last_updated timestamptz not null default now(), confidence_score numeric(5,4) default 0.5,
    uncertainty numeric(5,4) default 0.5, created_at timestamptz not null default now(), expires_at timestamptz, metadata jsonb default '{}',
    constraint uq_agent_state_action unique (agent_type, state_hash, action_hash));
create table trajectories (
    trajectory_id uuid primary key default old_uuid(), agent_type varchar(50) not null references agent_types on delete cascade,
    session_id uuid references sessions on delete cascade, task_id varchar(100) not null, initial_state jsonb not null,
    final_state jsonb not null, actions_taken jsonb not null, states_visited jsonb not null, step_rewards jsonb not null,
    total_reward numeric(12,4) not null, discounted_reward numeric(12,4) not null, execution_time_ms integer not null,
    success boolean not null, error_message text, started_at timestamptz not null, completed_at timestamptz not null default now(),
    expires_at timestamptz, metadata jsonb default '{}');
create table rewards (
    reward_id bigserial primary key, agent_type varchar(50) not null references agent_types on delete cascade,
    session_id uuid references sessions on delete cascade, trajectory_id uuid references trajectories on delete cascade,
    state_hash varchar(64) not null, action_hash varchar(64) not null, reward_value numeric(12,4) not null,
    reward_type varchar(50) not null, reward_source varchar(100), observed_at timestamptz not null default now(), metadata jsonb default '{}');
create table patterns (
    pattern_id uuid primary key default old_uuid(), agent_type varchar(50) not null references agent_types on delete cascade,
    pattern_name varchar(200) not null, pattern_type varchar(50) not null, pattern_category varchar(50), pattern_data jsonb not null,
    trigger_conditions jsonb, expected_outcome jsonb, usage_count integer not null default 0, success_count integer not null default 0,
    failure_count integer not null default 0, avg_reward numeric(12,4) default 0, confidence_score numeric(5,4) default 0.5,
    first_seen timestamptz not null default now(), last_used timestamptz, expires_at timestamptz, version integer not null default 1,
    parent_pattern_id uuid references patterns on delete set null, metadata jsonb default '{}',
    constraint uq_agent_pattern unique (agent_type, pattern_name, version));
create table agent_states (
    state_id uuid primary key default old_uuid(), agent_type varchar(50) not null references agent_types on delete cascade,
    agent_instance_id varchar(100) not null, total_tasks integer not null default 0, successful_tasks integer not null default 0,
    failed_tasks integer not null default 0, total_reward numeric(12,4) not null default 0, avg_reward numeric(12,4) not null default 0,
    current_exploration_rate numeric(5,4) not null, current_learning_rate numeric(5,4) not null,
    success_rate numeric(5,4) generated always as (
        case when total_tasks > 0 then round(successful_tasks::numeric / total_tasks, 4) else 0 end) stored,
    patterns_learned integer not null default 0, q_values_stored integer not null default 0, status varchar(20) not null default 'idle',
    last_activity timestamptz not null default now(), initialized_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), metadata jsonb default '{}',
    constraint uq_agent_instance unique (agent_type, agent_instance_id));
create index idx_q_values_lookup on q_values (agent_type, state_hash, q_value desc);
create index idx_q_values_agent_state on q_values (agent_type, state_hash);
create index idx_own_values on q_values (q_value desc);
create materialized view agent_performance_summary as select agent_type, count(*) as total_sessions from sessions group by agent_type;
create function upsert_q_value(p_agent_type varchar, p_state varchar, p_data jsonb, p_action varchar, p_action_data jsonb, p_value numeric)
    returns void language sql as 'select null';
create function get_best_action(p_agent_type varchar, p_state varchar) returns table (best jsonb) language sql as 'select null::jsonb';
create function cleanup_expired_data() returns integer language sql as 'select 0';

insert into agent_types (agent_type, display_name, learning_rate) values ('test-generator', 'Kept As It Was', 0.3), ('own-type', 'Our Own', 0.1);
insert into sessions (session_id, agent_type) values ('00000000-0000-0000-0000-000000000001', 'own-type');
insert into q_values (agent_type, session_id, state_hash, state_data, action_hash, action_data, q_value)
    values ('own-type', '00000000-0000-0000-0000-000000000001', 's1', '1', 'a1', '"go"', 1.5);
insert into trajectories (trajectory_id, agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                          total_reward, discounted_reward, execution_time_ms, success, started_at)
    values ('00000000-0000-0000-0000-000000000002', 'own-type', 't', '1', '1', '[]', '[]', '[]', 1, 1, 1, true, '2026-01-01Z');
insert into rewards (agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type)
    values ('own-type', '00000000-0000-0000-0000-000000000002', 's1', 'a1', 1, 'immediate');
insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('own-type', 'p', 't', '{}');
insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate) values ('own-type', 'i1', 0.1, 0.1);
