using System.Text.Json;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn db stats</c> and <c>qlearn db size</c>.</summary>
public sealed class DbStatsTests
{
    private const int Width = 80;

    [Fact]
    public async Task Stats_shows_sizes_values_patterns_and_indexes_within_80_columns()
    {
        await using var database = await FilledAsync();
        using var output = new CapturedOutput(Width);

        Assert.Equal(ExitCode.Success, await output.RunAsync("db", "stats", "--cluster", database.ConnectionString));

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
        Assert.Matches(@"regression-risk-analyzer +40 +20 +1\.0 +20\.5 +40\.0 +1\.0", output.Result);
        Assert.Matches(@"a pattern with a name o…\s+quality-gate\s+4\s+75 %\s+2\.5", output.Result);
        Assert.Matches("idx_q_values_action_data +0 +0\\.[0-9]", output.Result);
        Assert.Matches(@"Database [0-9.]+ MiB, [0-9]+ of [0-9]+ connections used\.", output.Result);
    }

    [Fact]
    public async Task Stats_as_JSON_is_one_document_with_the_same()
    {
        await using var database = await FilledAsync();
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("db", "stats", "--json", "--cluster", database.ConnectionString));

        var root = JsonDocument.Parse(output.Result).RootElement;
        Assert.Equal(40, root.GetProperty("qValues")[0].GetProperty("qValues").GetInt32());
        Assert.Equal(0.75, root.GetProperty("patterns")[0].GetProperty("successRate").GetDouble());
        Assert.Contains(root.GetProperty("tables").EnumerateArray(), table => table.GetProperty("table").GetString() == "q_values");
    }

    [Fact]
    public async Task Size_of_what_was_promised_is_under_one_gigabyte()
    {
        using var output = new CapturedOutput(Width);

        Assert.Equal(
            ExitCode.Success, await output.RunAsync("db", "size", "--types", "18", "--tasks-per-day", "100", "--days", "30"));

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 2 * Width, line));
        Assert.Matches("trajectories +54,000 ", output.Result);
        Assert.Matches("rewards +540,000 ", output.Result);
        Assert.Matches("promised under 1,024 MiB: kept, [0-9]+ % of it", output.Result);
    }

    [Theory]
    [InlineData("--types", "0")]
    [InlineData("--days", "-1")]
    [InlineData("--tasks-per-day", "100001")]
    public async Task Size_refuses_a_number_out_of_range_and_says_what_is_allowed(string option, string value)
    {
        using var output = new CapturedOutput();

        Assert.NotEqual(ExitCode.Success, await output.RunAsync("db", "size", option, value));

        Assert.Contains($"'{value}' is not allowed", output.Progress, StringComparison.Ordinal);
        Assert.Contains("Allowed: 1 to 100000.", output.Progress, StringComparison.Ordinal);
    }

    private static async Task<TestDatabase> FilledAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select 'regression-risk-analyzer', 's' || n / 2, '{}', 'a' || n % 2, '{}', n + 1 from generate_series(0, 39) n;
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, usage_count, success_count, failure_count,
                                  avg_reward)
            values ('quality-gate', 'a pattern with a name of more than thirty letters', 'strategy', '{}', 4, 3, 1, 2.5);
            select refresh_materialized_views();
            """);
        return database;
    }
}
