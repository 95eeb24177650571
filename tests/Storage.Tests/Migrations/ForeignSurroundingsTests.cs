using Npgsql;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>Databases as others set them up: extensions in a schema of their own, a silo's user that owns nothing.</summary>
public sealed class ForeignSurroundingsTests : MigrationTest
{
    [Theory]
    [InlineData("extensions")]
    [InlineData("Odd name")]
    public async Task Extensions_may_be_in_another_schema(string schema)
    {
        await Database.ExecuteInAsync($"""
            create schema "{schema}";
            create extension pg_trgm schema "{schema}";
            create extension btree_gin schema "{schema}"
            """);
        Assert.NotEmpty((await MigrateAsync()).Applied);
        Assert.Empty((await MigrateAsync()).Applied);
        Assert.Equal(
            ["public"],
            await RowsAsync("select schemaname from pg_indexes where indexname = 'idx_patterns_name' and indexdef like '%gin_trgm_ops%'"));
        await Database.ExecuteInAsync("""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('test-generator', 'p', 't', '1')
            """);
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's1', '1', 'a1', '1', 2.5)");
        await Database.ExecuteInAsync("select refresh_materialized_views()");
    }

    [Fact]
    public async Task A_silos_user_that_owns_nothing_refreshes_the_views_and_its_path_does_not_matter()
    {
        await MigrateAsync();
        var role = $"silo_{Guid.NewGuid():N}";
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var refresh = new NpgsqlCommand($"""
            create role {role};
            grant usage on schema public to {role};
            grant select, insert, update, delete on all tables in schema public to {role};
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('test-generator', 'p', 't', '1');
            create schema trap;
            create materialized view trap.pattern_effectiveness as select 1 as pattern_id;
            grant usage on schema trap to {role};
            set local role {role};
            set local search_path = trap, public;
            select public.refresh_materialized_views();
            reset role
            """, connection, transaction);
        await refresh.ExecuteNonQueryAsync();
        await using var seen = new NpgsqlCommand("select count(*) from public.pattern_effectiveness", connection, transaction);
        Assert.Equal(1L, await seen.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Rights_on_a_view_that_is_made_anew_stay()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("grant select on pattern_effectiveness to public");
        await Database.ExecuteInAsync("delete from qlearning_migrations where scriptname like '%0023%'");
        await MigrateAsync();
        Assert.Equal(["t"], await RowsAsync("""
            select exists (select from pg_class, aclexplode(relacl) a
                           where relname = 'pattern_effectiveness' and a.grantee = 0)::text::char as x
            """));
    }

    [Fact]
    public async Task A_view_that_others_read_is_not_dropped()
    {
        await MigrateAsync();
        await Database.ExecuteInAsync("create view mine as select * from pattern_effectiveness");
        await Database.ExecuteInAsync("delete from qlearning_migrations where scriptname like '%0023%'");
        await MigrateAsync();
        Assert.Equal(0, await CountAsync("mine"));
        Assert.Contains(Log.Collector.GetSnapshot(), record => record.Message.Contains("other views read it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_are_vacuumed_early()
    {
        await MigrateAsync();
        // All but those to which rows are only added, and q_values, which has a fill factor and a setting of its own.
        Assert.Equal([], await RowsAsync("""
            select c.relname from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
              and c.relname not in ('q_values', 'qlearning_migrations', 'orleansquery')
              and not coalesce(c.reloptions @> array['autovacuum_vacuum_scale_factor=0.02'], false)
            """));
    }
}
