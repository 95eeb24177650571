using QLearning.Abstractions;
using QLearning.Cli.Hook;
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
        var evidence = Evidence.Of(exitCode, passed is null ? null : new TestCounts(passed.Value, failed!.Value, Skipped: 2));
        Assert.Equal((reward, succeeded, succeeded), (evidence.Reward, evidence.Succeeded, evidence.Problem is null));
    }

    [Fact]
    public void Without_a_test_that_ran_and_without_an_exit_code_there_is_no_reward() =>
        Assert.Throws<InvalidInputException>(() => Evidence.Of(null, new TestCounts(0, 0, 3)));

    [Fact]
    public async Task Tests_are_counted_in_nested_suites_by_how_they_ended() =>
        Assert.Equal(new TestCounts(3, 2, 1), await CountAsync(Mixed));

    [Theory]
    [InlineData("<!DOCTYPE t [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><t><testcase name=\"&a;\"/></t>", "without a document type")]
    [InlineData("<testsuite><testcase>", "line 1")]
    [InlineData("<testsuite/>", "testcase")]
    [InlineData("", "cannot be read")]
    public async Task A_report_with_a_document_type_or_without_tests_is_refused(string xml, string expected)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => CountAsync(xml));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_is_not_there_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => JUnitCounts.ReadAsync("/nowhere/report.xml", default));
        Assert.Contains("/nowhere/report.xml", error.Message, StringComparison.Ordinal);
    }

    private static async Task<TestCounts> CountAsync(string xml)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "report.xml");
        await File.WriteAllTextAsync(file, xml);
        return await JUnitCounts.ReadAsync(file, default);
    }
}
