using System.Xml;
using QLearning.Abstractions;

namespace QLearning.Cli.Reports;

/// <summary>
/// Reads a JUnit report by its <c>testcase</c> elements, in whatever suites they are. A test that passed when it was run again
/// (<c>flakyFailure</c>, <c>flakyError</c>) passed; one that failed each time has a <c>failure</c> or <c>error</c> beside its reruns.
/// </summary>
internal sealed class JUnitReader(string path, XmlReader reader)
{
    private static readonly string[] _notRun = ["notrun", "disabled", "skipped", "ignored", "suppressed"];
    private static readonly string[] _failed = ["fail", "failed", "error"];

    private readonly List<ReportedTest> _records = [];
    private readonly List<int> _suiteErrors = [];
    private DateTimeOffset? _started;

    /// <exception cref="InvalidInputException">A test has no name that is allowed.</exception>
    /// <exception cref="XmlException">It is malformed.</exception>
    public TestReport Read()
    {
        do
        {
            switch (reader.LocalName)
            {
                case "testsuites" or "testsuite":
                    _started = ReportFields.Earlier(_started, ReportFields.Time(reader.GetAttribute("timestamp")));
                    break;
                case "testcase":
                    _records.Add(ReadTest());
                    break;
                case "failure" or "error":
                    // Outside of a test: of its suite.
                    _suiteErrors.Add(ReportXml.LineOf(reader));
                    break;
            }
        }
        while (ReportXml.ReadElement(reader));

        return new TestReport(_started, _records, _suiteErrors);
    }

    private ReportedTest ReadTest()
    {
        var name = ReportFields.TestName(path, reader, "name");
        var className = reader.GetAttribute("classname") ?? reader.GetAttribute("class");
        var duration = ReportFields.Seconds(reader.GetAttribute("time") ?? reader.GetAttribute("duration"));
        var outcome = Stated(reader.GetAttribute("status"), reader.GetAttribute("result"));
        var isFlaky = false;
        ReportXml.ReadChildren(reader, child => (outcome, isFlaky) = child switch
        {
            "failure" or "error" => (ReportedOutcome.Failed, isFlaky),
            "skipped" when outcome != ReportedOutcome.Failed => (ReportedOutcome.DidNotRun, isFlaky),
            "flakyFailure" or "flakyError" => (outcome, true),
            _ => (outcome, isFlaky),
        });
        return new ReportedTest(ReportFields.Name(className, name), outcome, duration, isFlaky && outcome == ReportedOutcome.Passed);
    }

    private static ReportedOutcome Stated(string? status, string? result)
    {
        if (Is(_notRun, status) || Is(_notRun, result))
        {
            return ReportedOutcome.DidNotRun;
        }

        return Is(_failed, status) || Is(_failed, result) ? ReportedOutcome.Failed : ReportedOutcome.Passed;
    }

    private static bool Is(string[] words, string? text) => text is not null && words.Contains(text, StringComparer.OrdinalIgnoreCase);
}
