using System.Text.Json;
using QLearning.Bench.Comparisons;
using QLearning.Cli;
using QLearning.Cli.Tests;

namespace QLearning.Bench.Tests.Comparisons;

/// <summary><c>qlearn bench</c> without a subcommand. It uses all of the machine, so it runs when the other tests are done.</summary>
[Collection(nameof(Alone))]
public sealed class CompareCommandTests
{
    [Fact]
    public async Task The_list_names_every_case()
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Success, await BenchProgram.RunAsync(["--list"], output.Output));
        Assert.All(ComparisonCases.All, one => Assert.Contains($"{one.Name}: ", output.Result, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_case_that_does_not_exist_is_refused()
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Usage, await BenchProgram.RunAsync(["bogus"], output.Output));
        Assert.Contains("best-action-inside", output.Progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_are_measured_and_told_as_a_table_and_as_JSON()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var output = new CapturedOutput();
            var code = await BenchProgram.RunAsync(
                ["best-action-inside", "learn-100", "--rounds", "1", "--seconds", "1", "--warm-up", "0", "--callers", "1", "--json", file],
                output.Output);
            Assert.True(code == ExitCode.Success, output.Progress);
            Assert.Contains("best-action-inside", output.Result, StringComparison.Ordinal);
            using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            var cases = report.RootElement.GetProperty("cases");
            Assert.Equal(["best-action-inside", "learn-100"], cases.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
            foreach (var (one, rival, goal) in cases.EnumerateArray().Zip(["client", "one per call"], ["× client", "× one per call"]))
            {
                Assert.True(one.GetProperty("rivals").GetProperty(rival).GetProperty("median").GetDouble() > 0);
                Assert.Equal(Times(one, rival), one.GetProperty("ratios").GetProperty(goal).GetDouble(), tolerance: 0.001);
                Assert.StartsWith($"{goal} ≥ 5", one.GetProperty("target").GetString(), StringComparison.Ordinal);
                Assert.Equal(IsMet(one, rival), one.GetProperty("met").GetBoolean());
                Assert.Equal(0, one.GetProperty("spread").GetDouble());
                Assert.EndsWith("/s", one.GetProperty("unit").GetString(), StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The second goal is one of learn-100. Ratios are told rounded, goals compare the exact ones.
    private static bool IsMet(JsonElement one, string rival) => Times(one, rival) >= 5
        && (!one.GetProperty("rivals").TryGetProperty("without resending", out _) || Times(one, "without resending") >= 0.8);

    private static double Times(JsonElement one, string rival) =>
        one.GetProperty("median").GetDouble() / one.GetProperty("rivals").GetProperty(rival).GetProperty("median").GetDouble();
}

/// <summary>Tests that nothing of their project runs beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
