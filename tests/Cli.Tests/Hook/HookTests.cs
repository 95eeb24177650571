using System.CommandLine;
using System.Text;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Cli.Commands;
using QLearning.Cli.Hook;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Hook;

/// <summary><c>qlearn hook</c> on a running cluster.</summary>
public sealed class HookTests
{
    private const string Choose = """
        {"agentType": "test-generator", "state": {"files": 3}, "candidates": ["unit", {"kind": "property"}], "seed": 1}
        """;

    private static readonly string[] _actions = ["\"unit\"", """{"kind":"property"}"""];

    [Fact]
    public async Task What_is_chosen_is_learned_once_from_what_happened()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        var choice = await SaysAsync("choose", Choose, database);
        var action = JsonDocument.Parse(choice).RootElement.GetProperty("action");
        Assert.Contains(action.GetRawText(), _actions);

        for (var tries = 0; tries < 2; tries++)
        {
            var learned = JsonDocument.Parse(await SaysAsync("outcome --exit-code 4", choice, database)).RootElement;
            Assert.Equal((-1, 1), (learned.GetProperty("reward").GetDouble(), learned.GetProperty("visitCount").GetInt32()));
        }

        Assert.Equal(1, await database.QueryAsync<long>("select sum(visit_count) from q_values"));
        Assert.Equal(1, await database.QueryAsync<long>("select count(*) from trajectories where total_reward = -1 and not success"));

        // Two steps: a caller says what followed, and goes on with the same episode.
        var first = JsonDocument.Parse(await SaysAsync("choose", Choose, database)).RootElement;
        var going = first.GetRawText().Replace("\"nextState\":null", "\"nextState\":\"second\"", StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(await SaysAsync("outcome --exit-code 0", going, database)).RootElement
            .GetProperty("nextStep").GetInt32());
        var next = $$"""
            {"agentType": "test-generator", "state": "second", "candidates": ["a"],
             "step": 1, "episode": {{first.GetProperty("episode").GetRawText()}}}
            """;
        await SaysAsync("outcome --exit-code 0", await SaysAsync("choose", next, database), database);
        Assert.Equal(1, await database.QueryAsync<long>("select count(*) from trajectories where total_reward = 2"));
    }

    [Fact]
    public async Task An_action_that_SQL_described_deeper_than_is_read_is_named_by_its_key_and_learned()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        await database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            values ('test-generator', 's', '1', 'by-sql', '{new string('[', 70)}{new string(']', 70)}', 1)
            """);
        var choice = await SaysAsync("choose", """{"agentType": "test-generator", "state": "s"}""", database);
        Assert.Equal("by-sql", JsonDocument.Parse(choice).RootElement.GetProperty("action").GetString());
        await SaysAsync("outcome --exit-code 0", choice, database);
        Assert.Equal(2, await database.QueryAsync<int>("select visit_count from q_values where action_hash = 'by-sql'"));
    }

    [Theory]
    [InlineData("outcome", "{}", ExitCode.Usage, "--exit-code")]
    [InlineData("choose", """{"agentType": """, ExitCode.Failure, "Standard input cannot be read")]
    [InlineData("choose", """{"agentType": "t", "state": 1, "stat": 1}""", ExitCode.Failure, "Allowed: a JSON object with agentType")]
    [InlineData("choose", "null", ExitCode.Failure, "null")]
    public async Task Bad_input_is_told_before_anything_is_asked(string command, string input, int exitCode, string expected)
    {
        using var output = new CapturedOutput();
        Assert.Equal(exitCode, await RunAsync(output, [command, "--cluster", "Host=nowhere.invalid"], input));
        Assert.Contains(expected, output.Progress, StringComparison.Ordinal);
        Assert.Empty(output.Result);
    }

    [Fact]
    public async Task Input_has_a_limit()
    {
        using var endless = new MemoryStream(new byte[(4 * QLimits.MaxJsonBytes) + 1]);
        await Assert.ThrowsAsync<InvalidInputException>(() => HookInput.ReadAsync<Situation>(endless, default));
    }

    private static async Task<string> SaysAsync(string command, string input, TestDatabase database)
    {
        using var output = new CapturedOutput();
        var exitCode = await RunAsync(output, [.. command.Split(' '), "--cluster", database.ConnectionString], input);
        Assert.True(exitCode == ExitCode.Success, output.Progress);
        return output.Result.TrimEnd();
    }

    private static Task<int> RunAsync(CapturedOutput output, string[] args, string input) => CommandLine.RunAsync(
        new RootCommand { HookCommand.Create(output.Output, () => new MemoryStream(Encoding.UTF8.GetBytes(input))) },
        "qlearn",
        ["hook", .. args],
        output.Output);
}
