using QLearning.Abstractions;
using QLearning.Cli.Replay.History;
using QLearning.Cli.Reports;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Reports;

/// <summary>Which runs a folder of reports has, and the history that they make.</summary>
public sealed class ReportFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_and_files_are_runs_in_the_order_of_their_times()
    {
        Write("b/TEST-one.xml", Suite("2026-01-02T10:00:00", "a"));
        Write("b/deep/TEST-two.xml", Suite("2026-01-02T09:00:00", "b"));
        Write("a.xml", Suite("2026-01-03T00:00:00+02:00", "c"));
        Write("c/results.trx", """
            <TestRun><Times start='2026-01-01T00:00:00Z'/><Results><UnitTestResult testName='d' outcome='Passed'/></Results></TestRun>
            """);
        Write("notes.txt", "nothing");

        Assert.Equal(["c: d", "b: b a", "a.xml: c"], Runs());
    }

    [Fact]
    public void When_a_run_has_no_time_all_are_in_the_order_of_their_names_with_numbers_as_numbers()
    {
        Write("run-10/r.xml", Suite("2026-01-01T00:00:00", "a"));
        Write("run-9/r.xml", Suite(null, "b"));
        Write("run-2/r.xml", Suite("2026-01-03T00:00:00", "c"));

        Assert.Equal(["run-2: c", "run-9: b", "run-10: a"], Runs());
    }

    [Fact]
    public void What_is_XML_of_another_kind_is_passed_over_with_a_warning_and_a_suites_own_error_is_told()
    {
        Write("run/coverage.xml", "<coverage line-rate='1'/>");
        Write("run/r.xml", """
            <testsuites><testsuite><testcase name='a'/></testsuite>
            <testsuite><error message='no start'/></testsuite></testsuites>
            """);

        Assert.Equal(["run: a"], Runs());
        Assert.Equal(2, _warnings.Count);
        Assert.Contains("coverage.xml' is XML of another kind", _warnings[0], StringComparison.Ordinal);
        Assert.Contains("r.xml', line 2: a suite ended with an error of its own", _warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_cannot_be_read_is_an_error_or_left_out_when_that_is_asked_for()
    {
        Write("1/r.xml", Suite(null, "a"));
        Write("2/r.xml", "<testsuite><testcase name='b'");

        Assert.Contains("2/r.xml", Assert.Throws<InvalidInputException>(() => Runs().ToList()).Message, StringComparison.Ordinal);
        Assert.Equal(["1: a"], Runs(skipsUnreadable: true));
        Assert.Contains("left out: The report", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_reports_and_one_that_is_not_there_are_refused()
    {
        Assert.Contains("there is no test report", Refused(_folder.Path), StringComparison.Ordinal);
        Assert.Contains("there is no such file or folder", Refused(_folder.At("nowhere")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_of_reports_has_past_results_and_what_did_not_run_is_left_out()
    {
        Write("1/r.xml", "<testsuite><testcase name='a' time='2'><failure/></testcase><testcase name='b'/></testsuite>");
        Write("2/r.xml", """
            <testsuite><testcase name='a'/><testcase name='b'><skipped/></testcase><testcase name='c' time='4'/></testsuite>
            """);

        var cycles = CiHistory.Read(_folder.Path);

        Assert.Equal(["1", "2"], cycles.Select(cycle => cycle.Name));
        // What b takes is not known: as long as half of the others at most.
        Assert.Equal(
            [("a", 2000.0, true), ("b", 2000.0, false)],
            cycles[0].Tests.Select(test => (test.Name, test.DurationMs, test.IsDurationKnown)));
        Assert.Equal([("a", 2000.0), ("c", 4000.0)], cycles[1].Tests.Select(test => (test.Name, test.DurationMs)));
        Assert.Equal([true], cycles[1].Tests[0].LastResults.Verdicts);
        Assert.Equal([false, false], cycles[1].RunAll().Select(test => test.Failed));
    }

    [Fact]
    public void Links_are_not_followed_out_of_the_folder_or_in_a_circle()
    {
        using var other = new TemporaryFolder();
        File.WriteAllText(other.At("secret.xml"), Suite(null, "elsewhere"));
        Write("1/r.xml", Suite(null, "a"));
        File.CreateSymbolicLink(_folder.At("1/linked.xml"), other.At("secret.xml"));
        Directory.CreateSymbolicLink(_folder.At("1/circle"), _folder.Path);

        Assert.Equal(["1: a"], Runs());
    }

    [Fact]
    public void A_name_is_kept_once_however_many_runs_have_it()
    {
        Write("1/r.xml", Suite(null, "a"));
        Write("2/r.xml", Suite(null, "a"));

        var runs = new ReportFolder(null, skipsUnreadable: false, static _ => { }).ReadRuns(_folder.Path);

        Assert.Same(runs[0].Tests[0].Name, runs[1].Tests[0].Name);
    }

    private static string Suite(string? timestamp, string test) =>
        $"<testsuite{(timestamp is null ? string.Empty : $" timestamp='{timestamp}'")}><testcase name='{test}'/></testsuite>";

    private static string Refused(string path) => Assert.Throws<InvalidInputException>(
        () => new ReportFolder(null, skipsUnreadable: false, static _ => { }).ReadRun(path)).Message;

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(name))!);
        File.WriteAllText(_folder.At(name), text);
    }

    private IEnumerable<string> Runs(bool skipsUnreadable = false) => new ReportFolder(null, skipsUnreadable, _warnings.Add)
        .ReadRuns(_folder.Path).Select(run => $"{run.Name}: {string.Join(' ', run.Tests.Select(test => test.Name))}");
}
