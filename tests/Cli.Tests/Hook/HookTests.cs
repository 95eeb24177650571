using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QLearning.Abstractions;
using QLearning.Cli.Commands;
using QLearning.Cli.Hook;
using QLearning.Client;
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

    [Fact]
    public async Task A_step_that_is_chosen_again_says_what_it_replaced_and_takes_no_outcome_of_that()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        // Repeated because its answer is late, a choice replaces itself: the first of a silo, which takes longest, does not count here.
        await SaysAsync("choose", """{"agentType": "test-generator", "state": "t", "candidates": ["a"], "agent": "other"}""", database);
        var first = await SaysAsync("choose", """{"agentType": "test-generator", "state": "s", "candidates": ["a"]}""", database);
        var episode = JsonDocument.Parse(first).RootElement.GetProperty("episode").GetRawText();
        var again = $$"""{"agentType": "test-generator", "state": "s", "candidates": [{"kind": "b"}], "episode": {{episode}}}""";
        var second = await SaysAsync("choose", again, database);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(first).RootElement.GetProperty("replaced").ValueKind);
        Assert.Equal("a", JsonDocument.Parse(second).RootElement.GetProperty("replaced").GetString());

        using var output = new CapturedOutput();
        var exitCode = await RunAsync(output, ["outcome", "--exit-code", "0", "--cluster", database.ConnectionString], first);
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("'a'", output.Progress, StringComparison.Ordinal);
        Assert.Equal(0, await database.QueryAsync<long>("select count(*) from q_values"));

        await SaysAsync("outcome --exit-code 0", second, database);
        Assert.Equal("""{"kind": "b"}""", await database.QueryAsync<string>("select action_data::text from q_values"));
    }

    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    public async Task An_outcome_that_goes_on_of_an_episode_that_is_gone_is_learned_and_has_no_next_step(string rule)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "{{rule}}"}' where agent_type = 'test-generator'""");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        const string Situation = """{"agentType": "test-generator", "state": "s", "candidates": ["a"]}""";
        var lost = await SaysAsync("choose", Situation, database);
        // Another episode takes its place, as if its silo had gone.
        await SaysAsync("choose", Situation, database);
        var going = lost.Replace("\"nextState\":null", "\"nextState\":\"t\"", StringComparison.Ordinal);
        for (var tries = 0; tries < 2; tries++)
        {
            var learned = JsonDocument.Parse(await SaysAsync("outcome --exit-code 0", going, database)).RootElement;
            Assert.Equal(1, learned.GetProperty("visitCount").GetInt32());
            Assert.Equal(JsonValueKind.Null, learned.GetProperty("nextStep").ValueKind);
        }

        Assert.Equal(1, await database.QueryAsync<long>("select sum(visit_count) from q_values"));
    }

    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    public async Task An_outcome_of_an_episode_that_a_limit_cut_ends_it_and_learns_from_the_state_that_followed(string rule)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "{{rule}}"}' where agent_type = 'test-generator'""");
        await database.QueryAsync<long>("select upsert_q_value('test-generator', 'later', '1', 'a', '1', 100)");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        var choice = JsonNode.Parse(
            await SaysAsync("choose", """{"agentType": "test-generator", "state": "s", "candidates": ["a"]}""", database))!;
        (choice["nextState"], choice["truncated"]) = ("later", true);

        for (var tries = 0; tries < 2; tries++)
        {
            var learned = JsonDocument.Parse(await SaysAsync("outcome --exit-code 4", choice.ToJsonString(), database)).RootElement;
            Assert.Equal(1, learned.GetProperty("visitCount").GetInt32());
            Assert.Equal(JsonValueKind.Null, learned.GetProperty("nextStep").ValueKind);
            // The reward alone is below 0.
            Assert.InRange(learned.GetProperty("qValue").GetDouble(), 1, 100);
        }

        Assert.Equal(1, await database.QueryAsync<long>(
            """select count(*) from trajectories where total_reward = -1 and metadata @> '{"truncated": true}'"""));
    }

    [Fact]
    public async Task A_cut_without_the_state_that_followed_is_refused_before_anything_is_asked()
    {
        using var output = new CapturedOutput();

        var exitCode = await RunAsync(output, ["outcome", "--exit-code", "0", "--cluster", "Host=nowhere.invalid"], """
            {"agentType": "t", "agent": "hook", "episode": "019a0000-0000-7000-8000-000000000000", "step": 0, "state": "s",
             "action": "a", "truncated": true}
            """);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("nextState", output.Progress, StringComparison.Ordinal);
        Assert.Contains("truncated", output.Progress, StringComparison.Ordinal);
        Assert.DoesNotContain("Allowed: a JSON object with", output.Progress, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"v": 1}""", """{"v":1}""")]
    [InlineData("\"run\"", "\"run\"")]
    [InlineData("\"k\"", null)]
    public async Task An_action_with_a_key_and_a_description_is_named_by_its_key_and_stays_one(string described, string? description)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.QueryAsync<long>($"select upsert_q_value('test-generator', 's', '1', 'k', '{described}', 5)");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });

        var choice = await SaysAsync("choose", """{"agentType": "test-generator", "state": "s"}""", database);
        var said = JsonDocument.Parse(choice).RootElement;
        Assert.Equal("k", said.GetProperty("action").GetString());
        Assert.Equal(description ?? "null", said.GetProperty("description").GetRawText().Replace(" ", "", StringComparison.Ordinal));

        // The row and the episode are gone: what is learned anew is still that action, described as it was.
        await SaysAsync("choose", """{"agentType": "test-generator", "state": "t", "candidates": ["a"]}""", database);
        await using var client = await QLearningClient.ConnectAsync(database.ConnectionString);
        await client.AgentType("test-generator").ResetAsync();
        await SaysAsync("outcome --exit-code 0", choice, database);
        Assert.Equal($"k {described}", await database.QueryAsync<string>("select action_hash || ' ' || action_data from q_values"));
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
