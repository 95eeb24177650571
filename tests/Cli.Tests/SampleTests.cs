using System.Diagnostics;
using System.Text.RegularExpressions;
using QLearning.Testing;
using QLearning.TestingHost;

namespace QLearning.Cli.Tests;

/// <summary>The sample of an agent's life runs, twice, and leaves a database that agrees with itself.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_first_agent_learns_in_a_session_and_goes_on_in_a_second_run()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.ConnectionString = database.ConnectionString);
        // The sample stores a pattern by a call that is made once: on a busy machine the first of its kind may take seconds.
        await cluster.Client.Patterns("coverage-analyzer").SearchAsync("warm");
        var first = await RunAsync(database);
        Assert.StartsWith("30 tasks, mean reward ", first, StringComparison.Ordinal);
        Assert.Contains("Completed, 30 tasks", first, StringComparison.Ordinal);
        Assert.Contains("'close branch gaps first' was used 30 times", first, StringComparison.Ordinal);
        var best = $"Best action: \"{await ActionOfTheCommentAsync()}\"";
        Assert.Contains(best, first, StringComparison.Ordinal);
        var second = await RunAsync(database);
        Assert.StartsWith("60 tasks, mean reward ", second, StringComparison.Ordinal);
        Assert.Contains(best, second, StringComparison.Ordinal);
        Assert.Equal(302, await database.QueryAsync<long>("select sum(visit_count) from q_values where agent_type = 'coverage-analyzer'"));

        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Success, await output.RunAsync("db", "check", "--cluster", database.ConnectionString));
        Assert.EndsWith("Everything agrees.\n", output.Result, StringComparison.Ordinal);
    }

    // The sample says beside its rewards which action is the best.
    private static async Task<string> ActionOfTheCommentAsync()
    {
        var source = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "FirstAgent", "Program.cs"));
        return Regex.Match(source, "// .* only '(\\w+)' gains anything").Groups[1].Value;
    }

    private static async Task<string> RunAsync(TestDatabase database)
    {
        var start = new ProcessStartInfo("dotnet", [SamplePrograms.PathOf("FirstAgent")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__QLearning"] = database.ConnectionString;
        using var sample = new ChildProcess(start);
        var said = sample.StandardOutput.ReadToEndAsync();
        var failed = await sample.StandardError.ReadToEndAsync();
        await sample.WaitForExitAsync();
        Assert.True(sample.ExitCode == 0, $"The sample ended with {sample.ExitCode}: {failed}");
        return await said;
    }
}
