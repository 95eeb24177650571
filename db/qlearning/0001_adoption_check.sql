-- Q-learning schema, step 1: may this database be adopted?
--
-- Every step of this folder can be run on an empty schema, on one whose tables came from an earlier script, and again.
-- Tables that are already there are kept with all their rows, so they must have the columns the later steps and the
-- program rely on. This step says which ones do not, before anything is changed; on an empty schema it finds nothing.

do $check$
declare
    problems text;
begin
    with expected (table_name, columns) as (values
        ('agent_types', array[
            'agent_type character varying(50)', 'display_name character varying(100)', 'description text',
            'state_space_dimensions integer', 'action_space_dimensions integer', 'learning_rate numeric(5,4)',
            'discount_factor numeric(5,4)', 'exploration_rate numeric(5,4)', 'min_exploration_rate numeric(5,4)',
            'exploration_decay numeric(6,5)', 'is_active boolean', 'created_at timestamp with time zone',
            'updated_at timestamp with time zone', 'metadata jsonb']),
        ('sessions', array[
            'session_id uuid', 'agent_type character varying(50)', 'session_name character varying(200)',
            'start_time timestamp with time zone', 'end_time timestamp with time zone', 'status character varying(20)',
            'task_count integer', 'total_reward numeric(12,4)', 'environment character varying(50)', 'metadata jsonb',
            'created_at timestamp with time zone', 'updated_at timestamp with time zone']),
        ('q_values', array[
            'q_value_id bigint', 'agent_type character varying(50)', 'session_id uuid',
            'state_hash character varying(64)', 'state_data jsonb', 'action_hash character varying(64)',
            'action_data jsonb', 'q_value numeric(12,6)', 'visit_count integer',
            'last_updated timestamp with time zone', 'confidence_score numeric(5,4)', 'uncertainty numeric(5,4)',
            'created_at timestamp with time zone', 'expires_at timestamp with time zone', 'metadata jsonb']),
        ('trajectories', array[
            'trajectory_id uuid', 'agent_type character varying(50)', 'session_id uuid',
            'task_id character varying(100)', 'initial_state jsonb', 'final_state jsonb', 'actions_taken jsonb',
            'states_visited jsonb', 'step_rewards jsonb', 'total_reward numeric(12,4)',
            'discounted_reward numeric(12,4)', 'execution_time_ms integer', 'success boolean', 'error_message text',
            'started_at timestamp with time zone', 'completed_at timestamp with time zone',
            'expires_at timestamp with time zone', 'metadata jsonb']),
        ('rewards', array[
            'reward_id bigint', 'agent_type character varying(50)', 'session_id uuid', 'trajectory_id uuid',
            'state_hash character varying(64)', 'action_hash character varying(64)', 'reward_value numeric(12,4)',
            'reward_type character varying(50)', 'reward_source character varying(100)',
            'observed_at timestamp with time zone', 'metadata jsonb']),
        ('patterns', array[
            'pattern_id uuid', 'agent_type character varying(50)', 'pattern_name character varying(200)',
            'pattern_type character varying(50)', 'pattern_category character varying(50)', 'pattern_data jsonb',
            'trigger_conditions jsonb', 'expected_outcome jsonb', 'usage_count integer', 'success_count integer',
            'failure_count integer', 'avg_reward numeric(12,4)', 'confidence_score numeric(5,4)',
            'first_seen timestamp with time zone', 'last_used timestamp with time zone',
            'expires_at timestamp with time zone', 'version integer', 'parent_pattern_id uuid', 'metadata jsonb']),
        ('agent_states', array[
            'state_id uuid', 'agent_type character varying(50)', 'agent_instance_id character varying(100)',
            'total_tasks integer', 'successful_tasks integer', 'failed_tasks integer', 'total_reward numeric(12,4)',
            'avg_reward numeric(12,4)', 'current_exploration_rate numeric(5,4)', 'current_learning_rate numeric(5,4)',
            'success_rate numeric(5,4)', 'patterns_learned integer', 'q_values_stored integer',
            'status character varying(20)', 'last_activity timestamp with time zone',
            'initialized_at timestamp with time zone', 'updated_at timestamp with time zone', 'metadata jsonb'])
    ),
    present as (
        select c.oid, e.table_name, e.columns
        from expected e
        join pg_class c on c.relname = e.table_name
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
    ),
    missing as (
        select format('%s has no column "%s"', p.table_name, expected_column) as problem
        from present p
        cross join unnest(p.columns) as expected_column
        where not exists (
            select from pg_attribute a
            where a.attrelid = p.oid and not a.attisdropped
              and (a.attname || ' ' || format_type(a.atttypid, a.atttypmod) = expected_column
                   -- What step 20 makes of the rates.
                   or (p.table_name in ('agent_types', 'agent_states') and format_type(a.atttypid, a.atttypmod) = 'numeric'
                       and expected_column like a.attname || ' numeric(%')))
        union all
        -- upsert_q_value and the flush find rows by these keys (ON CONFLICT), which needs a unique index over exactly them.
        select format('%s has no unique constraint over (%s)', p.table_name, array_to_string(k.columns, ', '))
        from (values
            ('q_values', array['agent_type', 'state_hash', 'action_hash']),
            ('patterns', array['agent_type', 'pattern_name', 'version']),
            ('agent_states', array['agent_type', 'agent_instance_id'])) as k (table_name, columns)
        join present p using (table_name)
        where not exists (
            select from pg_index i
            where i.indrelid = p.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
              and (select array_agg(a.attname::text order by a.attname)
                   from pg_attribute a
                   where a.attrelid = p.oid and a.attnum = any (i.indkey))
                = (select array_agg(name order by name) from unnest(k.columns) as name))
    )
    select string_agg(problem, '; ' order by problem) into problems from missing;

    if problems is not null then
        raise exception 'The schema "%" cannot be adopted: %.', current_schema(), problems
            using hint = 'Change these tables by hand, or choose a database or schema of its own for Q-learning.';
    end if;
end
$check$;
