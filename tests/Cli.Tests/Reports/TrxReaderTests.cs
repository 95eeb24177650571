using QLearning.Abstractions;
using QLearning.Cli.Reports;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Reports;

/// <summary>TRX as <c>dotnet test --logger trx</c> and its relatives write it.</summary>
public sealed class TrxReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ReportedOutcome.Passed, "Passed", "PassedButRunAborted", "Warning", "Completed")]
    [InlineData(ReportedOutcome.Failed, "Failed", "Error", "Timeout", "Aborted")]
    [InlineData(ReportedOutcome.DidNotRun, "NotExecuted", "Inconclusive", "NotRunnable", "Pending", "InProgress", "Disconnected")]
    public void Each_outcome_has_its_meaning(object expected, params string[] outcomes) =>
        Assert.All(outcomes, outcome => Assert.Equal(expected, Test($"testName='T' outcome='{outcome}'").Outcome));

    [Theory]
    [InlineData("00:00:01.5", 1.5)]
    [InlineData("26:00:00", 93_600.0)]
    [InlineData("1.02:03:04.5000000", 93_784.5)]
    [InlineData("00:00:00", 0.0)]
    [InlineData("1:2", null)]
    [InlineData("-00:00:01", null)]
    [InlineData("long", null)]
    public void A_duration_may_have_days_or_more_than_24_hours(string duration, double? seconds) =>
        Assert.Equal(seconds, Test($"testName='T' outcome='Passed' duration='{duration}'").Duration?.TotalSeconds);

    [Fact]
    public void What_is_missing_is_not_known()
    {
        var test = Test("testName='Shop.T'");
        Assert.Equal(new ReportedTest("Shop.T", ReportedOutcome.DidNotRun, null, IsFlaky: false), test);
    }

    [Fact]
    public void Tests_of_one_name_are_told_apart_by_the_class_of_their_definitions() => Assert.Equal(
        ["Shop.Web.CanLogin", "Shop.Api.CanLogin", "Shop.Api.Ns(x: 1)"],
        Read("""
            <Results><UnitTestResult testId="1" testName="CanLogin" outcome="Passed"/>
            <UnitTestResult testId="2" testName="CanLogin" outcome="Failed"/>
            <UnitTestResult testId="3" testName="Shop.Api.Ns(x: 1)" outcome="Passed"/></Results>
            <TestDefinitions><UnitTest id="1"><TestMethod className="Shop.Web, Shop.Tests, Version=1.0" name="CanLogin"/></UnitTest>
            <UnitTest id="2"><TestMethod className="Shop.Api" name="CanLogin"/></UnitTest>
            <UnitTest id="3"><TestMethod className="Shop.Api" name="Ns"/></UnitTest></TestDefinitions>
            """).Records.Select(test => test.Name));

    [Fact]
    public void Rows_of_data_within_a_test_are_not_tests_of_their_own() => Assert.Equal(
        (ReportedOutcome.Failed, 1),
        (Read("""
            <Results><UnitTestResult testName="Adds" outcome="Failed"><InnerResults><UnitTestResult testName="Adds" outcome="Passed"/>
            </InnerResults></UnitTestResult></Results>
            """).Records.Single().Outcome, 1));

    [Theory]
    [InlineData("<Times start='2026-01-05T08:00:00+01:00'/>", "2026-01-05T07:00:00Z")]
    [InlineData(
        "<Results><UnitTestResult testName='a' startTime='2026-01-05T08:00:00'/>"
        + "<UnitTestResult testName='b' startTime='2026-01-05T07:00:00Z'/></Results>",
        "2026-01-05T07:00:00Z")]
    [InlineData("<Times start='yesterday'/>", null)]
    public void A_run_began_when_it_says_or_with_its_first_test(string xml, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, null), Read(xml).Started);

    [Fact]
    public void A_test_without_a_name_is_refused_with_its_line() => Assert.Contains(
        "line 1 has a test whose name",
        Assert.Throws<InvalidInputException>(() => Test("outcome='Passed'")).Message,
        StringComparison.Ordinal);

    private ReportedTest Test(string attributes) => Assert.Single(Read($"<Results><UnitTestResult {attributes}/></Results>").Records);

    private TestReport Read(string xml)
    {
        File.WriteAllText(_folder.At("r.trx"), $"<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'>{xml}</TestRun>");
        return TestReport.Read(_folder.At("r.trx"))!;
    }
}
