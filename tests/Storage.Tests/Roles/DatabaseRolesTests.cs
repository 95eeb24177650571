using Npgsql;

namespace QLearning.Storage.Tests.Roles;

/// <summary>Each role may do what it is for, and nothing else: a user of each logs in and tries.</summary>
public sealed class DatabaseRolesTests(RolesFixture roles) : IClassFixture<RolesFixture>
{
    [Theory]
    [InlineData("silo", "insert into agent_types (agent_type, display_name) values ('mine', 'Mine')")]
    [InlineData("silo", "delete from q_values")]
    [InlineData("silo", "select nextval('q_table_epochs')")]
    [InlineData("silo", "select * from cleanup_expired_data()")]
    [InlineData("silo", "select refresh_materialized_views()")]
    [InlineData("silo", "insert into sql_changes (agent_type) values ('test-generator')")]
    [InlineData("silo", "update api_keys set last_used_at = now()")]
    [InlineData("analyst", "select * from q_values")]
    [InlineData("analyst", "select * from agent_performance_summary")]
    [InlineData("analyst", "select * from get_best_action('test-generator', 's')")]
    [InlineData("sql_agent", "select upsert_q_value('test-generator', 's', '{}', 'a', '{}', 0.5)")]
    [InlineData("sql_agent", "select * from get_best_action('test-generator', 's')")]
    [InlineData("client", "select * from orleans_membership, orleans_membership_version")]
    [InlineData("client", "select * from orleansquery")]
    public async Task It_may(string role, string sql) => await RunAsync(role, sql);

    [Theory]
    [InlineData("silo", "create table mine (a int)")]
    [InlineData("silo", "drop table q_values")]
    [InlineData("silo", "alter table q_values add column mine int")]
    [InlineData("silo", "truncate q_values")]
    [InlineData("silo", "create or replace function get_best_action(varchar, varchar) returns void language sql as 'select 1'")]
    [InlineData("silo", "insert into api_keys (name, prefix, hash, scopes) values ('x', 'x', decode(repeat('00', 32), 'hex'), '{read}')")]
    [InlineData("silo", "update api_keys set scopes = '{admin}'")]
    [InlineData("silo", "delete from qlearning_migrations")]
    [InlineData("silo", "create role mine")]
    [InlineData("analyst", "insert into agent_types (agent_type, display_name) values ('mine', 'Mine')")]
    [InlineData("analyst", "update q_values set q_value = 1")]
    [InlineData("analyst", "delete from trajectories")]
    [InlineData("analyst", "select * from api_keys")]
    [InlineData("analyst", "select * from idempotency_keys")]
    [InlineData("analyst", "select * from orleans_membership")]
    [InlineData("analyst", "select upsert_q_value('test-generator', 's', '{}', 'a', '{}', 0.5)")]
    [InlineData("analyst", "select * from cleanup_expired_data()")]
    [InlineData("sql_agent", "select * from q_values")]
    [InlineData("sql_agent", "insert into q_values (agent_type) values ('x')")]
    [InlineData("sql_agent", "select * from cleanup_expired_data()")]
    [InlineData("sql_agent", "select refresh_materialized_views()")]
    [InlineData("sql_agent", "select acquire_q_table('test-generator', 0, 1, false, gen_random_uuid())")]
    [InlineData("sql_agent", "select * from api_keys")]
    [InlineData("sql_agent", "create table mine (a int)")]
    [InlineData("client", "select * from q_values")]
    [InlineData("client", "select * from api_keys")]
    [InlineData("client", "delete from orleans_membership")]
    [InlineData("client", "update orleansquery set querytext = 'drop table q_values'")]
    [InlineData("client", "select upsert_q_value('test-generator', 's', '{}', 'a', '{}', 0.5)")]
    [InlineData("client", "create table mine (a int)")]
    public async Task It_may_not(string role, string sql)
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(role, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    [Fact]
    public async Task No_table_or_function_of_the_schema_was_forgotten()
    {
        Assert.Equal(0, await roles.Database.QueryAsync<long>($"""
            select count(*) from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'm')
              and not has_table_privilege('{roles.Prefix}silo', c.oid, 'select')
            """));
        // Of functions that are not the triggers' or the extensions'.
        Assert.Equal("get_best_action upsert_q_value", await roles.Database.QueryAsync<string>($"""
            select string_agg(p.proname, ' ' order by p.proname) from pg_proc p
            where p.pronamespace = 'public'::regnamespace and has_function_privilege('{roles.Prefix}sql_agent', p.oid, 'execute')
              and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
            """));
    }

    private async Task RunAsync(string role, string sql)
    {
        await using var connection = new NpgsqlConnection(roles.ConnectionStringOf(role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
