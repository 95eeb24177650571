using QLearning.Abstractions;
using QLearning.Cli.Commands;
using QLearning.Cli.Demo;
using QLearning.Cli.Replay;
using QLearning.Silo;
using QLearning.Storage.Checks;
using QLearning.Testing;

namespace QLearning.Cli.Tests;

/// <summary>What is printed keeps to 80 columns, and counts in the singular and the plural.</summary>
public sealed class WidthTests
{
    private const int Width = 80;

    /// <summary>Each command and the commands within it.</summary>
    public static TheoryData<string> Commands
    {
        get
        {
            using var output = new CapturedOutput();
            return [.. Within(CommandLine.Build(output.Output), string.Empty)];
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_keeps_to_the_width(string command)
    {
        using var output = new CapturedOutput(Width);

        Assert.Equal(ExitCode.Success, await output.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
    }

    [Fact]
    public async Task The_status_keeps_to_the_width_and_names_types_that_know_nothing_in_a_sentence()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
            select 'regression-risk-analyzer', 's' || n, '{}', 'a', '{}', 1, 9999999 from generate_series(1, 20) n
            """);
        await database.ExecuteInAsync("""
            insert into orleans_membership_version (deployment_id, version) values ('qlearning', 1) on conflict do nothing;
            insert into orleans_membership (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time,
                i_am_alive_time)
            values ('qlearning', '127.0.0.1', 34229, 1, 'a-silo', 'a-machine', 3, 39271, now(), now() - interval '3 hours')
            """);
        using var output = new CapturedOutput(Width);

        Assert.Equal(ExitCode.Success, await output.RunAsync("status", "--cluster", database.ConnectionString));

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
        Assert.Matches("regression-risk-analyzer +20 +20 +200.0 M +0 +[0-9]+ s ago", output.Result);
        Assert.Contains("3 h ago", output.Result, StringComparison.Ordinal);
        Assert.Contains("Nothing is stored of 17 agent types: api-contract-validator,", output.Result, StringComparison.Ordinal);
        Assert.Contains("\n1 silo active, ", output.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tables_of_Q_values_agents_and_keys_keep_to_the_width_with_the_longest_names()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (longest, instance) = (new string('k', QLimits.MaxKeyCharacters), new string('i', QLimits.MaxInstanceCharacters));
        await database.ExecuteInAsync($$"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
            values ('regression-risk-analyzer', '{{longest}}', '{}', '{{longest}}', '{}', -999999.999999, 999999999);
            insert into agent_states (agent_type, agent_instance_id, total_tasks, successful_tasks, avg_reward, status,
                current_exploration_rate, current_learning_rate)
            values ('regression-risk-analyzer', '{{instance}}', 2000000000, 2000000000, -999999.9999, 'learning', 0.1234, 0.1234)
            """);
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        const string Type = "regression-risk-analyzer";
        foreach (var command in new string[][] { ["q", Type], ["q", Type, longest], ["agents", Type], ["db", "status"] })
        {
            using var output = new CapturedOutput(Width);
            var exit = await output.RunAsync([.. command, "--cluster", database.ConnectionString]);
            Assert.True(exit == ExitCode.Success, output.Progress);
            Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
            Assert.Contains(command[0] == "db" ? "The schema" : "\n1 ", output.Result, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_table_of_API_keys_keeps_to_the_width_and_shows_every_key_whole()
    {
        await using var database = await TestDatabase.CreateAsync();
        var name = new string('n', QLimits.MaxScopeCharacters);
        await database.ExecuteInAsync($$"""
            insert into api_keys (name, prefix, hash, scopes, agent_types, expires_at, last_used_at)
            values ('{{name}}', 'qlk_wwwwwwww', sha256('a'), array['read', 'learn', 'admin'],
                array['regression-risk-analyzer', 'api-contract-validator'], now() + interval '30 days', now()),
                ('ci', 'qlk_short123', sha256('b'), array['read'], null, null, null)
            """);
        using var output = new CapturedOutput(Width);

        Assert.Equal(ExitCode.Success, await output.RunAsync("keys", "list", "--cluster", database.ConnectionString));

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
        Assert.Matches("\nci +qlk_short123… +read +all +never +never +yes", output.Result);
        Assert.Contains(" qlk_wwwwwwww… ", output.Result, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_replay_keeps_to_the_width_and_says_how_to_judge_it()
    {
        var curve = Enumerable.Range(1, 30).Select(i => new CurvePoint($"{i}", 0.5, 0.3, HasFailures: i > 20)).ToList();
        var mean = new CycleMean(0.81, 0.43, 0.5);
        var run = new ReplayRunResult(1, mean, mean, new FailureCount(1_000, 20_000), new FailureCount(1, 2), 100, 0, curve);
        using var output = new CapturedOutput(Width);

        ReplayReport.Print(new ReplayResult("history.csv", 30, 20, 1, 1_000_000, mean, mean, [run, run], true, 12.5), output.Output);

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
        Assert.Contains("Judge by 'with failures'", output.Result, StringComparison.Ordinal);
        Assert.Contains("In 1 cycle no order could find a failure", output.Result, StringComparison.Ordinal);
        Assert.Contains("30 cycles (20 without failures)", output.Result, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_of_the_demo_keeps_to_the_width_and_shows_the_curve_rise()
    {
        var type = new DemoTypeResult(
            "regression-risk-analyzer", 12_345_678, 100, 99, 600, 599, 12_345_678, 1_234_567, 1_234_567, 1_234_567, 1_234_567);
        var curve = Enumerable.Range(0, 40).Select(i => new DemoPoint(i / 2.0, i / 39.0)).ToList();
        using var output = new CapturedOutput(Width);

        DemoCommand.Print(new DemoResult([type], curve, 20, [new CheckResult("sessions", 1_000_000, 0, [])]), output.Output);

        Assert.All(output.Result.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Width, line));
        var chart = output.Result.Split('\n').Select(line => line.TrimEnd())
            .Where(line => line.Contains(" |", StringComparison.Ordinal)).ToList();
        Assert.EndsWith("#", chart[0], StringComparison.Ordinal);
        Assert.Contains("|#", chart[^1], StringComparison.Ordinal);
        Assert.Equal(chart.Max(line => line.Length), chart[0].Length);
        Assert.Contains("how often the agents chose the best action, over 20 s", output.Result, StringComparison.Ordinal);
        Assert.Matches("regression-risk-analyzer +12.3 M +12.3 M +99 of 100 +599 of 600 +1,234,567", output.Result);
    }

    [Theory]
    [InlineData(0, "0 silos")]
    [InlineData(1, "1 silo")]
    [InlineData(2_000, "2,000 silos")]
    public void Words_follow_their_number(long count, string text) => Assert.Equal(text, Counted.Of(count, "silo"));

    [Theory]
    [InlineData("80", 80)]
    [InlineData("1", 40)]
    [InlineData(null, 120)]
    [InlineData("", 120)]
    [InlineData("wide", 120)]
    public void In_a_pipe_lines_are_as_wide_as_the_environment_says(string? columns, int width) =>
        Assert.Equal(width, Output.WidthOf(columns));

    private static IEnumerable<string> Within(System.CommandLine.Command command, string typed) =>
        [typed, .. command.Subcommands.SelectMany(inner => Within(inner, $"{typed} {inner.Name}".Trim()))];
}
