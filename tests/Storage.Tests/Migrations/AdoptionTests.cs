using Microsoft.Extensions.Logging;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>Databases whose tables came from elsewhere are adopted with every row.</summary>
public sealed class AdoptionTests : MigrationTest
{
    private static readonly string[] _tables = ["sessions", "q_values", "trajectories", "rewards", "patterns", "agent_states"];

    [Fact]
    public async Task A_database_of_an_earlier_script_keeps_every_row()
    {
        await Database.ExecuteInAsync(OldSchema());
        var before = await ContentAsync();
        await MigrateAsync();
        Assert.Equal(before, await ContentAsync());
        Assert.Equal(
            ["own-type|Our Own|0.1000", "test-generator|Kept As It Was|0.3000"],
            await RowsAsync("""
                select agent_type, display_name, learning_rate from agent_types
                where agent_type in ('own-type', 'test-generator') order by 1
                """));
        Assert.Equal(19, await CountAsync("agent_types"));
    }

    [Fact]
    public async Task An_adopted_database_works_like_a_fresh_one()
    {
        await Database.ExecuteInAsync(OldSchema());
        await MigrateAsync();
        Assert.Equal(1, await Database.QueryAsync<long>("""select upsert_q_value('own-type', 's1', '1', 'a1', '"go"', 2.5)"""));
        Assert.Equal(["go|2.500000|0.5100"], await RowsAsync("select * from get_best_action('own-type', 's1')"));
        Assert.Equal(3, await CountAsync("cleanup_expired_data()"));
        await Database.ExecuteInAsync("select refresh_materialized_views()");
        Assert.Equal(19, await CountAsync("agent_performance_summary"));
        await SchemaCheck.RequireCurrentAsync(Database.ConnectionString, CancellationToken.None);
    }

    [Fact]
    public async Task Rights_that_were_given_on_the_views_stay()
    {
        await Database.ExecuteInAsync(OldSchema());
        var role = $"ql{Guid.NewGuid().ToString("N")[..8]}";
        await Database.ExecuteInAsync($"""
            create role {role};
            create materialized view pattern_effectiveness as select 1 as patterns;
            grant select on agent_performance_summary, pattern_effectiveness to {role} with grant option;
            grant select on pattern_effectiveness to public
            """);
        try
        {
            await MigrateAsync();
            Assert.Equal(
                ["agent_performance_summary|true|false", "pattern_effectiveness|true|true"],
                await RowsAsync($"""
                    select relname, has_table_privilege('{role}', oid, 'select with grant option') as role,
                           has_table_privilege('public', oid, 'select') as everybody
                    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'm' order by 1
                    """));
        }
        finally
        {
            await Database.ExecuteInAsync($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task Indexes_that_hold_the_q_value_are_replaced_or_warned_of()
    {
        await Database.ExecuteInAsync(OldSchema());
        var kept = await RowsAsync("select 'idx_q_values_agent_state'::regclass::oid");
        await MigrateAsync();
        Assert.Equal(kept, await RowsAsync("select 'idx_q_values_agent_state'::regclass::oid"));
        Assert.Equal(
            ["idx_own_values|(q_value DESC)", "idx_q_values_lookup|(agent_type, state_hash)"],
            await RowsAsync("""
                select indexname, substring(indexdef from '\(.*') as columns from pg_indexes
                where indexname in ('idx_own_values', 'idx_q_values_lookup') order by 1
                """));
        Assert.Contains(Log.Collector.GetSnapshot(), entry =>
            entry.Level == LogLevel.Warning && entry.Message.Contains("idx_own_values", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_view_of_somebodys_own_keeps_the_rates_column_it_shows_and_a_warning_names_it()
    {
        await Database.ExecuteInAsync(OldSchema());
        await Database.ExecuteInAsync("create view own_view as select agent_type, learning_rate from agent_types");
        await MigrateAsync();
        Assert.Equal(["numeric|numeric(5,4)"], await RowsAsync("""
            select min(format_type(atttypid, atttypmod)) filter (where attname = 'exploration_rate'),
                   min(format_type(atttypid, atttypmod)) filter (where attname = 'learning_rate')
            from pg_attribute where attrelid = 'agent_types'::regclass
            """));
        Assert.Equal(19, await CountAsync("own_view"));
        Assert.Contains(Log.Collector.GetSnapshot(), entry => entry.Level == LogLevel.Warning
            && entry.Message.Contains("agent_types.learning_rate goes on rounding", StringComparison.Ordinal)
            && entry.Message.Contains("own_view", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_that_do_not_fit_are_named_and_left_alone()
    {
        await Database.ExecuteInAsync("create table q_values (id int, state_hash text); insert into q_values values (1, 'x')");
        var before = await RelationsAsync();
        var error = await Assert.ThrowsAsync<MigrationFailedException>(MigrateAsync);
        Assert.Contains("q_values has no column \"agent_type character varying(50)\"", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            before.Where(r => r.StartsWith("q_values", StringComparison.Ordinal)),
            (await RelationsAsync()).Where(r => r.StartsWith("q_values", StringComparison.Ordinal)));
        Assert.Equal(1, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Queries_of_another_Orleans_application_are_not_overwritten()
    {
        await Database.ExecuteInAsync("create table OrleansQuery (QueryKey text primary key, QueryText text not null); "
            + "insert into OrleansQuery values ('GatewaysQueryKey', 'select their own')");
        var error = await Assert.ThrowsAsync<MigrationFailedException>(MigrateAsync);
        Assert.Contains("GatewaysQueryKey", error.Message, StringComparison.Ordinal);
        Assert.Equal(["select their own"], await RowsAsync("select querytext from orleansquery"));
    }

    private static string OldSchema()
    {
        using var stream = typeof(AdoptionTests).Assembly.GetManifestResourceStream("OldSchema.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private async Task<List<string>> ContentAsync()
    {
        var rows = new List<string>();
        foreach (var table in _tables)
        {
            rows.AddRange(await RowsAsync($"select '{table}', t.* from {table} t"));
        }

        Assert.Equal(_tables.Length, rows.Count);
        return rows;
    }
}
