using System.Text;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Reports;

/// <summary><c>qlearn report</c> on a running cluster, and <c>qlearn rank</c> by what it learned.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private const string Reported =
        "select coalesce(sum(visit_count), 0)::bigint from q_values where agent_type = 'regression-risk-analyzer'";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_is_learned_once_however_often_and_from_wherever_it_is_reported()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        Write("new/r.xml", Run(pays: "<failure/>"));

        Assert.Contains(
            "1 passed (0 flaky), 1 failed, 1 did not run. Learned.", await ReportAsync(database, "new"), StringComparison.Ordinal);
        Directory.Move(_folder.At("new"), _folder.At("moved"));
        Assert.Contains("It was learned before", await ReportAsync(database, "moved"), StringComparison.Ordinal);
        // The keys of the first day are gone, and what is stored tells.
        await database.ExecuteInAsync("delete from idempotency_keys");
        Assert.Contains("It was learned before", await ReportAsync(database, "moved"), StringComparison.Ordinal);

        Assert.Equal(2, await database.QueryAsync<long>(Reported));
        Assert.Equal(1, await database.QueryAsync<long>("select count(*) from trajectories where not success and total_reward = 1"));

        Write("next/r.xml", Run(pays: ""));
        Assert.Contains("Learned.", await ReportAsync(database, "next", "--history", _folder.At("moved")), StringComparison.Ordinal);
        // Two by their names, two by their last results.
        Assert.Equal(2 + 4, await database.QueryAsync<long>(Reported));
        Assert.Equal(1, await database.QueryAsync<long>("select count(*) from q_values where state_data = '{\"last_results\": [1]}'"));
    }

    [Fact]
    public async Task An_order_by_what_a_cluster_learned_is_that_of_its_reports()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        Write("1/r.xml", Run(pays: "<failure/>"));
        await ReportAsync(database, "1");
        // The cluster knows of the failure, this history does not.
        Write("green/1/r.xml", Run(pays: ""));
        using var output = new CapturedOutput();

        Assert.Equal(
            ExitCode.Success, await output.RunAsync("rank", "--history", _folder.At("green"), "--cluster", database.ConnectionString));

        Assert.StartsWith("C.pays\t", output.Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_run_is_learned_once_with_and_without_its_history(bool isFirstWithHistory)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        const int Tests = 6_000;
        var cases = string.Concat(Enumerable.Range(0, Tests).Select(i => $"<testcase classname='C' name='t{i}' time='1'/>"));
        Write("past/r.xml", Run(pays: ""));
        Write("large/r.xml", $"<testsuite>{cases}</testsuite>");
        string[] history = ["--history", _folder.At("past")];

        Assert.Contains("Learned.", await ReportAsync(database, "large", isFirstWithHistory ? history : []), StringComparison.Ordinal);
        Assert.Contains(
            "It was learned before", await ReportAsync(database, "large", isFirstWithHistory ? [] : history), StringComparison.Ordinal);

        Assert.Equal(isFirstWithHistory ? 2 * Tests : Tests, await database.QueryAsync<long>(Reported));
    }

    [Fact]
    public async Task A_run_of_the_future_is_refused_and_teaches_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        var run = Run(pays: "").Replace("<testsuite>", "<testsuite timestamp='2999-01-31T12:00:00Z'>", StringComparison.Ordinal);
        Write("future/r.xml", run);
        using var output = new CapturedOutput();
        Assert.Equal(
            ExitCode.Failure, await output.RunAsync("report", _folder.At("future"), "--cluster", database.ConnectionString));
        Assert.Contains("too far in the future", output.Progress, StringComparison.Ordinal);
        Assert.Equal(0, await database.QueryAsync<long>(Reported));
        Assert.Equal(0, await database.QueryAsync<long>("select count(*) from idempotency_keys"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_run_whose_first_report_ended_in_the_middle_counts_once_with_and_without_its_history(bool isFirst, bool isSecond)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        Write("past/r.xml", Run(pays: ""));
        Write("new/r.xml", Run(pays: "<failure/>"));
        string[] history = ["--history", _folder.At("past")];
        // All is learned, and the trajectory that says so is not stored.
        await database.ExecuteInAsync("alter table trajectories add constraint none check (task_id is null) not valid");
        using var output = new CapturedOutput();
        Assert.NotEqual(
            ExitCode.Success,
            await output.RunAsync(
                ["report", _folder.At("new"), "--cluster", database.ConnectionString, .. isFirst ? history : []]));
        await database.ExecuteInAsync("alter table trajectories drop constraint none");

        await Eventually.Holds(
            async () =>
            {
                using var again = new CapturedOutput();
                return await again.RunAsync(
                    ["report", _folder.At("new"), "--cluster", database.ConnectionString, .. isSecond ? history : []]) == ExitCode.Success;
            },
            "the claim of the first report to end");

        Assert.Equal(
            isFirst || isSecond ? "2|2" : "2|0",
            await database.QueryAsync<string>("""
                select concat_ws('|', sum(visit_count) filter (where state_data ? 'test'),
                    coalesce(sum(visit_count) filter (where state_data ? 'last_results'), 0))
                from q_values where agent_type = 'regression-risk-analyzer'
                """));
        Assert.Equal(2, await database.QueryAsync<long>(
            "select count(*) from q_values where state_data ? 'test' and visit_count = 1"));
    }

    [Fact]
    public async Task A_report_in_another_encoding_is_read_as_typed()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = database.ConnectionString });
        Write("latin/r.xml", "");
        var text = "<testsuite><testcase classname='C' name='prüft' time='1'/></testsuite>";
        await File.WriteAllBytesAsync(_folder.At("latin/r.xml"), Encoding.Latin1.GetBytes(text));
        using var output = new CapturedOutput();

        Assert.NotEqual(ExitCode.Success, await output.RunAsync("report", _folder.At("latin"), "--cluster", database.ConnectionString));
        Assert.Contains("Learned.", await ReportAsync(database, "latin", "--encoding", "latin1"), StringComparison.Ordinal);

        Assert.Equal(1, await database.QueryAsync<long>("select count(*) from q_values q where q::text like '%prüft%'"));
    }

    private static string Run(string pays) =>
        $"<testsuite><testcase classname='C' name='adds' time='1'/><testcase classname='C' name='pays' time='1'>{pays}</testcase>"
        + "<testcase classname='C' name='off'><skipped/></testcase></testsuite>";

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(name))!);
        File.WriteAllText(_folder.At(name), text);
    }

    private async Task<string> ReportAsync(TestDatabase database, string run, params string[] options)
    {
        using var output = new CapturedOutput();
        var exitCode = await output.RunAsync(["report", _folder.At(run), "--cluster", database.ConnectionString, .. options]);
        Assert.True(exitCode == ExitCode.Success, output.Progress);
        return output.Result;
    }
}
