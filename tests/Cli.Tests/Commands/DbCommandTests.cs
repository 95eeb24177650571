using System.Text.Json;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn db</c> and <c>qlearn status</c> on a database without a silo.</summary>
public sealed class DbCommandTests
{
    [Fact]
    public async Task Migrate_brings_an_empty_database_up_to_date_and_then_finds_nothing_to_do()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        using var first = new CapturedOutput();
        using var second = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await first.RunAsync("db", "migrate", "--cluster", database.ConnectionString));
        Assert.Equal(ExitCode.Success, await second.RunAsync("db", "migrate", "--json", "--cluster", database.ConnectionString));

        Assert.Contains("applied qlearning/0002_tables.sql", first.Result, StringComparison.Ordinal);
        Assert.Empty(JsonDocument.Parse(second.Result).RootElement.GetProperty("applied").EnumerateArray());
        Assert.Equal(18, await database.QueryAsync<long>("select count(*) from agent_types"));
    }

    [Fact]
    public async Task Status_tells_what_is_missing_and_changes_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("db", "status", "--cluster", database.ConnectionString));

        Assert.Contains("missing  qlearning/0002_tables.sql", output.Result, StringComparison.Ordinal);
        Assert.Contains("Run 'qlearn db migrate'.", output.Result, StringComparison.Ordinal);
        Assert.Equal(0, await database.QueryAsync<long>("select count(*) from pg_tables where schemaname = 'public'"));
    }

    [Fact]
    public async Task The_cluster_status_counts_what_each_agent_type_has_stored()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '{}', a, '{}', 1) from unnest(array['a', 'b', 'b']) a");
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("status", "--json", "--cluster", database.ConnectionString));

        var types = JsonDocument.Parse(output.Result).RootElement.GetProperty("agentTypes").EnumerateArray().ToList();
        var generator = types.Single(type => type.GetProperty("agentType").GetString() == "test-generator");
        Assert.Equal(18, types.Count);
        Assert.Equal((1, 2, 3), (generator.GetProperty("states").GetInt32(), generator.GetProperty("qValues").GetInt32(),
            generator.GetProperty("visits").GetInt32()));
    }
}
