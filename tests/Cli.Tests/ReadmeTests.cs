using System.Diagnostics;
using QLearning.Testing;
using QLearning.TestingHost;

namespace QLearning.Cli.Tests;

/// <summary>The README's example is a program that compiles and does what the text says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_example_is_the_program_in_samples()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(SamplePrograms.Root, "README.md"));
        var program = await File.ReadAllTextAsync(Path.Combine(SamplePrograms.Root, "samples/QuickStart/Program.cs"));

        Assert.Contains($"```csharp\n{program}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_learns_on_a_running_silo()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.ConnectionString = database.ConnectionString);
        var start = new ProcessStartInfo("dotnet", [SamplePrograms.PathOf("QuickStart")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__QLearning"] = database.ConnectionString;

        using var example = new ChildProcess(start);
        var said = await example.StandardOutput.ReadToEndAsync();
        await example.WaitForExitAsync();

        Assert.Equal(0, example.ExitCode);
        Assert.StartsWith("Best action: \"use_property_based\" with Q-value 12", said, StringComparison.Ordinal);
        Assert.Equal(200, await database.QueryAsync<long>("select sum(visit_count) from q_values where agent_type = 'test-generator'"));
    }
}
