using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>A migrated database has the columns, constraints, indexes, views and functions that programs rely on.</summary>
public sealed class CatalogueTests(CatalogueTests.Fixture fixture) : IClassFixture<CatalogueTests.Fixture>
{
    private const string Type =
        "replace(replace(format_type(a.atttypid, a.atttypmod), 'character varying', 'varchar'), 'timestamp with time zone', 'timestamptz')";

    [Fact]
    public async Task Tables_have_the_columns_types_and_defaults_that_programs_rely_on() =>
        Assert.Equal(Lines(ColumnFacts.Tables), await fixture.LinesAsync($"""
            select c.relname || '.' || a.attname || ' | ' || {Type} || ' | ' || case when a.attnotnull then 'not null' else 'null' end
                || coalesce(' | ' || case
                    when a.attidentity <> '' then 'identity / sequence'
                    when a.attgenerated = 's' then 'stored: successful_tasks / total_tasks to 4 digits, 0 without tasks'
                    when pg_get_expr(d.adbin, d.adrelid) = 'gen_random_uuid()' then 'random UUID'
                    else regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::(character varying|numeric|jsonb)$', '') end, '')
            from pg_attribute a join pg_class c on c.oid = a.attrelid
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
              and c.relname in ('agent_types', 'sessions', 'q_values', 'trajectories', 'rewards', 'patterns', 'agent_states')
            """));

    [Fact]
    public async Task Views_have_the_columns_that_programs_rely_on() =>
        Assert.Equal(Lines(ColumnFacts.Views), await fixture.LinesAsync($"""
            select c.relname || '.' || a.attname || ' ' || {Type}
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'm' and a.attnum > 0
            """));

    [Fact]
    public async Task Constraints_are_those_that_programs_rely_on() =>
        Assert.Equal(Lines(IndexFacts.Constraints), await fixture.LinesAsync($"""
            select c.relname || ' | ' || k.conname || ' | ' || {WithoutCasts("pg_get_constraintdef(k.oid)")}
            from pg_constraint k join pg_class c on c.oid = k.conrelid
            where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
              and c.relname in ('agent_types', 'sessions', 'q_values', 'trajectories', 'rewards', 'patterns', 'agent_states')
            """));

    [Fact]
    public async Task Indexes_are_those_that_programs_rely_on_but_none_holds_the_q_value() =>
        Assert.Equal(
            Lines(IndexFacts.Indexes.Replace(
                "btree (agent_type, state_hash, q_value DESC)", "btree (agent_type, state_hash)", StringComparison.Ordinal)),
            await fixture.LinesAsync($"""
                select c.relname || ' | ' || x.relname || ' | ' || case when i.indisunique then 'unique ' else '' end
                    || {WithoutCasts("substring(pg_get_indexdef(x.oid) from ' USING (.*)$')")}
                from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
                where c.relnamespace = 'public'::regnamespace and x.relname like 'idx\_%' and c.relname not like 'orleans%'
                      and c.relname not in ('sql_changes', 'pattern_uses', 'idempotency_keys', 'api_keys')
                      and x.relname not in ('idx_rewards_loose', 'idx_q_values_session', 'idx_patterns_parent')
                """));

    [Theory]
    [InlineData("upsert_q_value",
        "agent_type character varying, state_hash character varying, state_data jsonb, action_hash character varying, action_data jsonb, "
            + "q_value numeric, session_id uuid DEFAULT NULL::uuid",
        "bigint")]
    [InlineData(
        "get_best_action",
        "agent_type character varying, state_hash character varying",
        "TABLE(action_data jsonb, q_value numeric, confidence_score numeric)")]
    [InlineData("cleanup_expired_data", "", "TABLE(table_name text, deleted_count bigint)")]
    [InlineData("refresh_materialized_views", "", "void")]
    public async Task Functions_have_the_arguments_that_programs_rely_on(string name, string arguments, string result) =>
        Assert.Equal([$"{arguments} -> {result}"], await fixture.LinesAsync(
            $"select pg_get_function_arguments(oid) || ' -> ' || pg_get_function_result(oid) from pg_proc where proname = '{name}'"));

    [Fact]
    public async Task Every_function_has_its_current_text_in_a_file_of_its_own() =>
        Assert.Equal(
            MigrationScript.All.Select(script => MigrationScript.FileOf(script.Name)).Where(MigrationScript.IsFunction)
                .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
            await fixture.LinesAsync("""
                select p.proname::text from pg_proc p
                where p.pronamespace = 'public'::regnamespace
                  and not exists (select from pg_depend d
                                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
                """));

    [Fact]
    public async Task A_late_reward_is_unique_by_state_action_and_id() =>
        Assert.Equal(["uq_rewards_delayed true"], await fixture.LinesAsync(
            """
            select x.relname || ' ' || i.indisunique from pg_index i join pg_class x on x.oid = i.indexrelid
            where x.relname = 'uq_rewards_delayed'
            """));

    [Theory]
    [InlineData("pg_trgm")]
    [InlineData("btree_gin")]
    public async Task Extensions_are_there(string name) =>
        Assert.Equal([name], await fixture.LinesAsync($"select extname::text from pg_extension where extname = '{name}'"));

    [Fact]
    public async Task The_agent_types_are_the_18_of_a_fleet_with_default_settings()
    {
        Assert.Equal(Lines(AgentTypeFacts.Rows), await fixture.LinesAsync(
            "select concat_ws(' | ', agent_type, display_name, state_space_dimensions, action_space_dimensions) from agent_types"));
        Assert.Equal(["0.1000 0.9500 0.2000 0.0100 0.99500 true {} true"], await fixture.LinesAsync("""
            select distinct concat_ws(' ', learning_rate, discount_factor, exploration_rate, min_exploration_rate, exploration_decay,
                                      is_active::text, metadata, (description <> '')::text) from agent_types
            """));
    }

    [Fact]
    public async Task Every_table_has_a_comment() =>
        Assert.Empty(await fixture.LinesAsync(
            "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'm') "
            + "and obj_description(oid, 'pg_class') is null and relname <> 'qlearning_migrations'"));

    private static string WithoutCasts(string definition) => $@"regexp_replace({definition}, '::(character varying|text)(\[\])?', '', 'g')";

    private static IEnumerable<string> Lines(string facts) => facts.Split('\n').Order(StringComparer.Ordinal);

    public sealed class Fixture : DatabaseTest
    {
        public async Task<IEnumerable<string>> LinesAsync(string sql)
        {
            await using var command = Database.DataSource.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var lines = new List<string>();
            while (await reader.ReadAsync())
            {
                lines.Add(reader.GetString(0));
            }

            return lines.Order(StringComparer.Ordinal);
        }
    }
}
