using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary>Each command that needs the row of an agent type, on a cluster that lacks it.</summary>
public sealed class MissingAgentTypeTests : IDisposable
{
    private const string Type = "regression-risk-analyzer";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_error_is_one_line_that_names_the_type_and_nothing_is_printed_or_stored()
    {
        await File.WriteAllTextAsync(_folder.At("history.csv"), "Name;Duration;Verdict;Cycle\na;1;1;1\nb;1;0;1\na;1;1;2\nb;1;0;2\n");
        await File.WriteAllTextAsync(_folder.At("run.xml"), "<testsuite><testcase classname='C' name='a' time='1'/></testsuite>");
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteInAsync($"delete from agent_types where agent_type = '{Type}'");
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        foreach (var command in new string[][]
        {
            ["replay", _folder.At("history.csv")],
            ["rank", "--history", _folder.At("history.csv")],
            ["report", _folder.At("run.xml")],
            ["q", Type],
            ["q", Type, "s"],
            ["agents", Type],
            ["forget", Type, "--yes"],
            ["forget", Type, "--dry-run"],
            ["delete", "type", Type, "--yes"],
            ["delete", "type", Type, "--dry-run"],
            ["delete", "agent", Type, "a", "--yes"],
        })
        {
            using var output = new CapturedOutput();
            var typed = string.Join(' ', command);

            var exitCode = await output.RunAsync([.. command, "--cluster", database.ConnectionString]);

            Assert.True(exitCode == ExitCode.Failure, $"{typed}: {output.Result}");
            var lines = output.Progress.TrimEnd('\n').Split('\n');
            Assert.True(
                lines is [var line] && line.StartsWith("qlearn: ", StringComparison.Ordinal)
                    && line.Contains($"'{Type}'", StringComparison.Ordinal),
                $"{typed}: {output.Progress}");
            Assert.True(output.Result.Length == 0, $"{typed}: {output.Result}");
        }

        Assert.Equal(0, await database.QueryAsync<long>("select count(*) from trajectories"));
    }
}
