using QLearning.Abstractions;
using QLearning.Cli.Hook;
using QLearning.Cli.Reports;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Hook;

/// <summary>The reward of a hook follows from what happened.</summary>
public sealed class EvidenceTests
{
    private const string Mixed = """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="a" tests="9">
            <testcase name="passes"><system-out>failure error skipped</system-out></testcase>
            <testcase name="fails"><failure message="x">text</failure></testcase>
            <testsuite name="nested">
              <testcase name="is skipped"><skipped/></testcase>
              <testcase name="errs"><error/><skipped/></testcase>
              <testcase name="passes again"><flakyFailure/><rerunFailure/></testcase>
              <testcase name="passes too"/>
            </testsuite>
          </testsuite>
        </testsuites>
        """;

    [Theory]
    [InlineData(0, null, null, 1, true)]
    [InlineData(3, null, null, -1, false)]
    [InlineData(null, 4, 0, 1, true)]
    [InlineData(null, 3, 1, 0.5, false)]
    [InlineData(null, 0, 4, -1, false)]
    [InlineData(1, 3, 1, -0.25, false)]
    [InlineData(1, 4, 0, 0, false)]
    [InlineData(0, 4, 0, 1, true)]
    [InlineData(0, 0, 0, 1, true)]
    public void A_reward_is_computed_from_exit_code_and_tests(int? exitCode, int? passed, int? failed, double reward, bool succeeded)
    {
        var evidence = Evidence.Of(exitCode, passed is null ? null : new ReportCounts(passed.Value, failed!.Value, Skipped: 2));
        Assert.Equal((reward, succeeded, succeeded), (evidence.Reward, evidence.Succeeded, evidence.Problem is null));
    }

    [Fact]
    public void Without_a_test_that_ran_and_without_an_exit_code_there_is_no_reward() =>
        Assert.Throws<InvalidInputException>(() => Evidence.Of(null, new ReportCounts(0, 0, 3)));

    [Fact]
    public void Tests_are_counted_in_nested_suites_by_how_they_ended() => Assert.Equal(new ReportCounts(3, 2, 1), Count(Mixed));

    [Fact]
    public void A_suite_that_could_not_begin_is_a_failure() =>
        Assert.Equal(new ReportCounts(0, 1, 0), Count("<testsuite><error message=\"could not start\"/></testsuite>"));

    [Theory]
    [InlineData("<testsuite/>", "there is no test report")]
    [InlineData("<html/>", "there is no test report")]
    public void A_report_without_tests_is_refused(string xml, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidInputException>(() => Count(xml)).Message, StringComparison.Ordinal);

    private static ReportCounts Count(string xml)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("report.xml"), xml);
        return ReportCounts.Of(new ReportFolder(null, skipsUnreadable: false, static _ => { }).ReadRun(folder.At("report.xml")));
    }
}
