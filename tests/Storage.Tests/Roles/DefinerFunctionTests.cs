using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using QLearning.Storage.Migrations;
using QLearning.Storage.Roles;

namespace QLearning.Storage.Tests.Roles;

/// <summary>Functions with the owner's rights run no code of those who may create objects in their schema.</summary>
public sealed class DefinerFunctionTests(RolesFixture roles) : IClassFixture<RolesFixture>
{
    /// <summary>Operators that match the functions' operands more exactly than those of PostgreSQL would.</summary>
    private static readonly (string Operator, string Left, string Right, string Result)[] _traps =
    [
        ("=", "varchar", "varchar", "boolean"),
        ("=", "oid", "regclass", "boolean"),
        ("<>", "numeric", "integer", "boolean"),
        (">=", "numeric", "integer", "boolean"),
        ("<=", "numeric", "integer", "boolean"),
        ("/", "interval", "integer", "interval"),
        ("->", "jsonb", "jsonb", "jsonb"),
        ("->>", "jsonb", "jsonb", "text"),
        ("->", "jsonb", "varchar", "jsonb"),
        ("->>", "jsonb", "varchar", "text"),
        ("+", "timestamptz", "timestamptz", "timestamptz"),
    ];

    [Fact]
    public async Task Operators_of_a_SQL_agent_never_run_as_the_owner()
    {
        await roles.Database.ExecuteInAsync("""
            create table seen (who text, what text);
            grant insert on seen to public;
            grant create on schema public to public;
            update agent_types set metadata = '{"ttlDays": 60}' where agent_type = 'test-generator';
            insert into sql_change_readers values ('reader', clock_timestamp())
            """);
        await RunAsync("sql_agent", "create function public.format(text, text) returns text language plpgsql as "
            + "$$ begin insert into public.seen values (current_user, 'format'); return pg_catalog.format($1, $2); end $$");
        for (var i = 0; i < _traps.Length; i++)
        {
            var (name, left, right, result) = _traps[i];
            await RunAsync("sql_agent", $"""
                create function public.evil{i}(l {left}, r {right}) returns {result} language plpgsql as
                    $$ begin insert into public.seen values (current_user, '{name} {left} {right}'); return null; end $$;
                create operator public.{name} (leftarg = {left}, rightarg = {right}, function = public.evil{i})
                """);
        }

        await RunAsync("sql_agent", "select upsert_q_value('test-generator', 's', '1', 'a', '1', 1)");
        await RunAsync("sql_agent", "select upsert_q_value('test-generator', 's', '1', 'a', '1', 2)");
        await RunAsync("sql_agent", "select * from get_best_action('test-generator', 's')");
        await RunAsync("analyst", "select * from get_best_action('test-generator', 's')");
        await RunAsync("silo", "select refresh_materialized_views()");
        await RunAsync("silo", "update q_values set q_value = 3; update agent_types set display_name = 'Mine'; delete from q_values");
        await RunAsync("silo", """
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('test-generator', 'tg-1', 0.2, 0.3);
            update agent_states set status = 'paused';
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('test-generator', 'p', 't', '1')
            """);
        var owner = await roles.Database.QueryAsync<string>("select current_user::text");
        Assert.Equal("", await roles.Database.QueryAsync<string>(
            $"select coalesce(string_agg(distinct what, ', '), '') from seen where who = '{owner}'"));
        Assert.NotEqual(0, await roles.Database.QueryAsync<long>("select count(*) from sql_changes"));
        Assert.Equal(60, await roles.Database.QueryAsync<int>("select extract(day from q_value_ttl('test-generator'))::int"));
    }

    [Fact]
    public async Task Granting_takes_the_right_to_create_objects_in_the_schema_from_everybody()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync("grant create on schema public to public");
        Assert.Equal(
            CreateRightOfPublic.Revoked,
            await DatabaseRoles.GrantAsync(database.ConnectionString, roles.Prefix, CancellationToken.None));
        Assert.False(await database.QueryAsync<bool>("select has_schema_privilege('public', 'public', 'create')"));
        Assert.Equal(
            CreateRightOfPublic.None,
            await DatabaseRoles.GrantAsync(database.ConnectionString, roles.Prefix, CancellationToken.None));
    }

    [Fact]
    public async Task Roles_are_granted_in_a_schema_whose_name_needs_quotes()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await database.ExecuteInAsync("create schema \"Q Learning\"");
        var place = new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = "\"Q Learning\", public" }.ConnectionString;
        await SchemaMigrator.MigrateAsync(place, new FakeLogger(), CancellationToken.None);
        await DatabaseRoles.GrantAsync(place, roles.Prefix, CancellationToken.None);
        Assert.True(await DatabaseRoles.AreGrantedAsync(place, roles.Prefix, CancellationToken.None));
        Assert.True(await database.QueryAsync<bool>(
            $"""select has_table_privilege('{roles.Prefix}silo', '"Q Learning".q_values', 'insert')"""));
    }

    [Fact]
    public async Task Roles_of_one_database_count_as_granted_there_only()
    {
        await using var other = await TestDatabase.CreateAsync();
        Assert.True(await DatabaseRoles.AreGrantedAsync(roles.Database.ConnectionString, roles.Prefix, CancellationToken.None));
        Assert.False(await DatabaseRoles.AreGrantedAsync(other.ConnectionString, roles.Prefix, CancellationToken.None));
        Assert.False(await DatabaseRoles.AreGrantedAsync(other.ConnectionString, "nobody_", CancellationToken.None));
    }

    private async Task RunAsync(string role, string sql)
    {
        await using var connection = new NpgsqlConnection(roles.ConnectionStringOf(role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
