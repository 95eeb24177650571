using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn q</c>, <c>agents</c>, <c>forget</c> and <c>delete</c> on a running cluster.</summary>
public sealed class QTableCommandTests
{
    private const string Type = "test-generator";

    [Fact]
    public async Task What_was_learned_is_shown_forgotten_and_deleted()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        // Calls that are made once: a busy machine may take seconds for its first answer.
        await using var client = await QLearningClient.ConnectAsync(
            database.ConnectionString, options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        await client.AgentType(Type).UpsertAsync(
            from state in Enumerable.Range(0, 30)
            from action in Enumerable.Range(0, 2)
            select new QValueUpsert(State.FromKey($"s{state:00}"), AgentAction.Named($"a{action}"), state + (action * 0.5)),
            WriteMode.Durable);
        await client.Agent(Type, "tg-1").RegisterAsync();
        var pattern = await client.Patterns(Type).StoreAsync(new NewPattern { Name = "retry", Type = "t", DataJson = "{}" });

        await StatesAreShownAsync(database);
        Assert.Matches("tg-1 +idle +0 +- +0 +0.2 +0.1\n1 agent\n", await SaysAsync($"agents {Type}", database));
        Assert.Equal("tg-1", JsonDocument.Parse(await SaysAsync($"agents {Type} --json", database)).RootElement[0]
            .GetProperty("instance").GetString());

        await IsForgottenAsync(database);
        Assert.Equal(
            $"removed the pattern '{pattern.Id}': patterns 1, pattern_uses 0\n",
            await SaysAsync($"delete pattern {Type} {pattern.Id} --yes", database));
        Assert.StartsWith($"removed the agent '{Type}/tg-1': agent_states 1,",
            await SaysAsync($"delete agent {Type} tg-1 --yes", database), StringComparison.Ordinal);
        Assert.StartsWith($"would remove the agent type '{Type}': agent_types 1,",
            await SaysAsync($"delete type {Type} --dry-run", database), StringComparison.Ordinal);
        await SaysAsync($"delete type {Type} --yes", database);
        Assert.Equal(17, (await client.AgentTypes.ListAsync()).Length);
        await SaysAsync($"q {Type}", database, ExitCode.Failure);
    }

    [Theory]
    [InlineData("NaN", "0.2")]
    [InlineData("1", "1e400")]
    public async Task Agents_are_listed_whatever_numbers_SQL_stored(string reward, string rate)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        await database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, total_reward,
                                      avg_reward)
            values ('{Type}', 'odd', {rate}, 0.1, '{reward}', '{reward}'), ('{Type}', 'plain', 0.2, 0.1, 1, 1)
            """);
        var agents = JsonDocument.Parse(await SaysAsync($"agents {Type} --json", database)).RootElement;
        Assert.Equal(["odd", "plain"], agents.EnumerateArray().Select(agent => agent.GetProperty("instance").GetString()));
        Assert.Equal(
            reward == "NaN" ? JsonValueKind.Null : JsonValueKind.Number, agents[0].GetProperty("averageReward").ValueKind);
        Assert.Equal(rate == "0.2" ? JsonValueKind.Null : JsonValueKind.String, agents[0].GetProperty("settingsError").ValueKind);
        Assert.EndsWith("2 agents\n", await SaysAsync($"agents {Type}", database), StringComparison.Ordinal);
    }

    private static async Task StatesAreShownAsync(TestDatabase database)
    {
        var best = await SaysAsync($"q {Type}", database);
        Assert.Matches("s29 +2 +2 +a1 +29.5\n", best);
        Assert.EndsWith("20 states\n", best, StringComparison.Ordinal);
        var tens = await SaysAsync($"q {Type} --prefix s1 --order key --limit 1000", database);
        Assert.EndsWith("10 states\n", tens, StringComparison.Ordinal);
        var all = JsonDocument.Parse(await SaysAsync($"q {Type} --order least-visited --limit 2000 --json", database)).RootElement;
        Assert.Equal((30, "s00"), (all.GetArrayLength(), all[0].GetProperty("state").GetString()));
        Assert.Matches("a1 +7.5 +1 +0.5\n.*a0 +7 +1 +0.5.*\n2 actions\n", await SaysAsync($"q {Type} s07", database));
        Assert.Equal("a1", JsonDocument.Parse(await SaysAsync($"q {Type} s07 --json", database)).RootElement[0]
            .GetProperty("action").GetString());
    }

    private static async Task IsForgottenAsync(TestDatabase database)
    {
        Assert.Equal(
            $"would remove what '{Type}' learned of 'a1' in 's07': q_values 1\n",
            await SaysAsync($"forget {Type} s07 a1 --dry-run", database));
        Assert.Equal(
            $"removed what '{Type}' learned of 'a1' in 's07': q_values 1\n", await SaysAsync($"forget {Type} s07 a1 --yes", database));
        Assert.Equal($"removed what '{Type}' learned in 's07': q_values 1\n", await SaysAsync($"forget {Type} s07 --yes", database));
        var dryRun = JsonDocument.Parse(await SaysAsync($"forget {Type} --dry-run --json", database)).RootElement;
        Assert.True(dryRun.GetProperty("isDryRun").GetBoolean());
        Assert.Equal(58, dryRun.GetProperty("rows")[0].GetProperty("rows").GetInt64());
        Assert.Equal($"removed what '{Type}' learned: q_values 58\n", await SaysAsync($"forget {Type} --yes", database));
    }

    private static async Task<string> SaysAsync(string command, TestDatabase database, int exitCode = ExitCode.Success)
    {
        using var output = new CapturedOutput();
        Assert.Equal(exitCode, await output.RunAsync([.. command.Split(' '), "--cluster", database.ConnectionString]));
        return output.Result.ReplaceLineEndings("\n");
    }
}
