using System.Text.Json;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Ranking;

/// <summary><c>qlearn rank</c> on folders of reports.</summary>
public sealed class RankTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tests_that_failed_lately_come_first_each_with_its_reason()
    {
        WriteRuns();

        Assert.Equal(
            [
                "shop.Cart.pays(int)[1]\tfailed in its last run, and in 2 of 3; takes 2 s",
                "shop.Cart.adds\tpassed in all of 3 runs; takes 1 s",
                "shop.Login.opens\tpassed in all of 3 runs; its time is not known, taken for 2 s",
            ],
            (await RankAsync()).TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_test_that_was_skipped_last_is_left_out_and_one_that_is_only_missing_is_not()
    {
        WriteRuns();
        Write("4.xml", "<testsuite><testcase classname='shop.Cart' name='adds'><skipped/></testcase></testsuite>");

        var names = (await RankAsync()).TrimEnd().Split('\n').Select(line => line.Split('\t')[0]);

        Assert.Equal(["shop.Cart.pays(int)[1]", "shop.Login.opens"], names);
    }

    [Fact]
    public async Task A_budget_passes_over_what_does_not_fit_and_takes_what_comes_after_it()
    {
        WriteRuns();
        using var output = new CapturedOutput();

        Assert.Equal(ExitCode.Success, await output.RunAsync(
            "rank", "--history", _folder.Path, "--budget", "1500ms", "--format", "json"));

        var ranking = JsonDocument.Parse(output.Result).RootElement;
        Assert.Equal("shop.Cart.adds", Assert.Single(ranking.GetProperty("tests").EnumerateArray()).GetProperty("test").GetString());
        Assert.Equal((2, 3), (ranking.GetProperty("leftOut").GetInt32(), ranking.GetProperty("runs").GetInt32()));
        Assert.Contains("1 test, 1 s; 2 left out; learned from 3 runs.", output.Progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Surefires_filter_names_methods_by_class_without_their_arguments()
    {
        WriteRuns();
        Assert.Equal("shop.Cart#pays+adds,shop.Login#opens\n", await RankAsync("--format", "junit-filter"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_order_and_another_one_another_among_equal_tests()
    {
        var tests = string.Concat(Enumerable.Range(0, 30).Select(i => $"<testcase name='t{i}' time='1'/>"));
        Write("1.xml", $"<testsuite>{tests}</testsuite>");

        var first = await RankAsync("--seed", "1");

        Assert.Equal(first, await RankAsync("--seed", "1"));
        Assert.NotEqual(first, await RankAsync("--seed", "2"));
    }

    [Theory]
    [InlineData("--budget", "10", "The budget '10' is not allowed")]
    [InlineData("--budget", "0s", "The budget '0s' is not allowed")]
    [InlineData("--format", "xml", "The format 'xml' is not allowed")]
    public async Task What_is_typed_wrong_is_told_with_what_is_allowed(string option, string value, string expected)
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Usage, await output.RunAsync("rank", "--history", _folder.Path, option, value));
        Assert.Contains(expected, output.Progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_reports_is_one_line()
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Failure, await output.RunAsync("rank", "--history", _folder.Path));
        Assert.Contains("there is no test report", Assert.Single(output.Progress.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private void WriteRuns()
    {
        foreach (var (run, pays) in new[] { ("1", "<failure/>"), ("2", ""), ("3", "<failure/>") })
        {
            Write($"{run}.xml", $"""
                <testsuite><testcase classname="shop.Cart" name="adds" time="1"/>
                <testcase classname="shop.Cart" name="pays(int)[1]" time="2">{pays}</testcase>
                <testcase classname="shop.Login" name="opens"/></testsuite>
                """);
        }
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.At(name), text);

    private async Task<string> RankAsync(params string[] options)
    {
        using var output = new CapturedOutput();
        Assert.Equal(ExitCode.Success, await output.RunAsync(["rank", "--history", _folder.Path, .. options]));
        return output.Result;
    }
}
