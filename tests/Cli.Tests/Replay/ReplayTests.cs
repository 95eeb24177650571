using System.Globalization;
using System.Text;
using System.Text.Json;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary><c>qlearn replay</c> on a made-up history against a real cluster.</summary>
public sealed class ReplayTests : IDisposable
{
    private const int Cycles = 20;
    private const int Tests = 10;
    private const int Failing = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_replay_learns_which_tests_fail_stores_it_and_goes_on_from_there_the_next_time()
    {
        var file = WriteHistory();
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });

        var first = await ReplayAsync(file, database);
        var second = await ReplayAsync(file, database);

        var steps = await database.QueryAsync<long>("select sum(jsonb_array_length(states_visited)) from trajectories");
        Assert.Equal(2L * (first.TestsRun + second.TestsRun), steps);
        Assert.Equal(
            steps, await database.QueryAsync<long>("select sum(visit_count) from q_values where agent_type = 'regression-risk-analyzer'"));
        Assert.Equal(steps, await database.QueryAsync<long>("select count(*) from rewards"));
        Assert.Equal(2L * Cycles, await database.QueryAsync<long>("select count(*) from trajectories"));
        Assert.True(first.Napfd > first.Random + 0.1, $"{first}");
        Assert.True(second.Napfd > first.Napfd, $"{second} after {first}");
        Assert.Equal((0L, 2L * first.TestsRun), (first.UpdatesBefore, second.UpdatesBefore));
    }

    [Fact]
    public async Task Cycles_whose_names_are_longer_than_a_task_may_be_are_learned_and_stored_each_as_its_own()
    {
        var name = new string('x', 200);
        await File.WriteAllTextAsync(
            _folder.At("long.csv"), $"Name;Duration;Verdict;Cycle\na;1;1;{name}1\nb;1;0;{name}1\na;1;1;{name}2\nb;1;0;{name}2\n");
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });

        await ReplayAsync(_folder.At("long.csv"), database);

        Assert.Equal(2, await database.QueryAsync<long>("select count(distinct task_id) from trajectories"));
        Assert.Equal(2, await database.QueryAsync<long>($"select count(*) from trajectories where metadata->>'cycle' like '{name}_'"));
    }

    [Fact]
    public async Task The_same_seed_on_a_fresh_cluster_gives_the_same_result()
    {
        var file = WriteHistory();
        using var output = new CapturedOutput();
        using var again = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync("replay", file, "--seed", "7", "--seeds", "1", "--json"));
        Assert.Equal(ExitCode.Success, await again.RunAsync("replay", file, "--seed", "7", "--seeds", "1", "--json"));

        Assert.Equal(Runs(output), Runs(again));
    }

    [Fact]
    public async Task Without_the_agent_type_that_replays_learn_with_the_error_is_one_line_that_names_it()
    {
        var file = WriteHistory();
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync("delete from agent_types where agent_type = 'regression-risk-analyzer'");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Failure, await output.RunAsync("replay", file, "--cluster", database.ConnectionString));

        Assert.Contains(
            "'regression-risk-analyzer', which replays learn with, has no row in agent_types",
            Assert.Single(output.Progress.TrimEnd('\n').Split('\n')),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata = '{\"partitions\": 0}'")]
    [InlineData("metadata = '{\"ttlDays\": 60.5}'")]
    [InlineData("exploration_rate = 3")]
    public async Task Settings_that_SQL_wrote_wrongly_for_another_agent_type_break_neither_a_replay_nor_a_listing(string set)
    {
        await File.WriteAllTextAsync(_folder.At("short.csv"), "Name;Duration;Verdict;Cycle\na;1;1;1\nb;1;0;1\n");
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync($"update agent_types set {set} where agent_type = 'test-generator'");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        foreach (var command in new string[][]
        {
            ["replay", _folder.At("short.csv")], ["status"], ["q", "regression-risk-analyzer"], ["agents", "test-generator"],
        })
        {
            using var output = new CapturedOutput();

            var exitCode = await output.RunAsync([.. command, "--cluster", database.ConnectionString]);

            Assert.True(exitCode == ExitCode.Success, $"{command[0]}: {output.Progress}");
        }
    }

    [Fact]
    public async Task A_history_of_another_tool_is_replayed_with_options_and_cycles_without_a_chance_are_counted_apart()
    {
        await File.WriteAllTextAsync(
            _folder.At("other.csv"), "test,build,failures,seconds\na,5a9c,1,0.5\nb,5a9c,0,0.4\na,b90f,2,0.5\nb,b90f,0,0.5\na,77aa,0,1\n");
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync(
            "replay", _folder.At("other.csv"), "--seeds", "1", "--json", "--duration-unit", "s", "--columns",
            "name=test,cycle=build,verdict=failures,duration=seconds"));

        var result = JsonDocument.Parse(output.Result).RootElement;
        Assert.Equal(
            (3, 1, 1),
            (result.GetProperty("cycles").GetInt32(), result.GetProperty("greenCycles").GetInt32(),
                result.GetProperty("cyclesWithoutChance").GetInt32()));
        var points = result.GetProperty("runs")[0].GetProperty("curve").EnumerateArray();
        Assert.Equal(["5a9c", "b90f", "77aa"], points.Select(point => point.GetProperty("cycle").GetString()));
    }

    private static string Runs(CapturedOutput output) => JsonDocument.Parse(output.Result).RootElement.GetProperty("runs").GetRawText();

    private static async Task<Figures> ReplayAsync(string file, TestDatabase database)
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Success, await output.RunAsync("replay", file, "--json", "--cluster", database.ConnectionString));
        var run = JsonDocument.Parse(output.Result).RootElement.GetProperty("runs")[0];
        return new Figures(
            run.GetProperty("napfd").GetProperty("mean").GetDouble(),
            run.GetProperty("napfdRandom").GetProperty("mean").GetDouble(),
            run.GetProperty("testsRun").GetInt32(),
            run.GetProperty("updatesBefore").GetInt64());
    }

    // The same three of ten tests fail in each cycle; without results of earlier runs only their names can tell.
    private string WriteHistory()
    {
        var text = new StringBuilder("Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle\n");
        for (var i = 0; i < Cycles * Tests; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i};t{i % Tests};10;0;2026-01-01;[];{(i % Tests < Failing ? 1 : 0)};{i / Tests}\n");
        }

        File.WriteAllText(_folder.At("history.csv"), text.ToString());
        return _folder.At("history.csv");
    }

    private sealed record Figures(double Napfd, double Random, int TestsRun, long UpdatesBefore);
}
