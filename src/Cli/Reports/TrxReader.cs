using System.Xml;
using QLearning.Abstractions;

namespace QLearning.Cli.Reports;

/// <summary>Reads a TRX report. The class of a test stands apart from its results, mostly after them.</summary>
internal sealed class TrxReader(string path, XmlReader reader)
{
    private static readonly string[] _passed = ["Passed", "PassedButRunAborted", "Warning", "Completed"];
    private static readonly string[] _failed = ["Failed", "Error", "Timeout", "Aborted"];

    private readonly List<(string? Id, ReportedTest Test)> _records = [];
    private readonly Dictionary<string, string> _classes = new(StringComparer.OrdinalIgnoreCase);
    private DateTimeOffset? _started;

    /// <exception cref="InvalidInputException">A test has no name that is allowed.</exception>
    /// <exception cref="XmlException">It is malformed.</exception>
    public TestReport Read()
    {
        string? definition = null;
        while (ReportXml.ReadElement(reader))
        {
            switch (reader.LocalName)
            {
                case "Times":
                    _started = ReportFields.Earlier(_started, ReportFields.Time(reader.GetAttribute("start")));
                    break;
                case "UnitTestResult":
                    ReadResult();
                    break;
                case "UnitTest":
                    definition = reader.GetAttribute("id");
                    break;
                case "TestMethod" when definition is not null && reader.GetAttribute("className") is { } className:
                    // Older programs put the assembly behind it.
                    _classes[definition] = className.Split(',')[0].Trim();
                    break;
            }
        }

        return new TestReport(_started, [.. _records.Select(WithClass)], []);
    }

    private ReportedTest WithClass((string? Id, ReportedTest Test) record) =>
        record.Id is { } id && _classes.TryGetValue(id, out var className)
            ? record.Test with { Name = ReportFields.Name(className, record.Test.Name) }
            : record.Test;

    /// <summary>Reads a result to its end: the rows of data inside it are no tests of their own.</summary>
    private void ReadResult()
    {
        var name = ReportFields.TestName(path, reader, "testName");
        var outcome = reader.GetAttribute("outcome");
        _started = ReportFields.Earlier(_started, ReportFields.Time(reader.GetAttribute("startTime")));
        _records.Add((reader.GetAttribute("testId"), new ReportedTest(
            name,
            _passed.Contains(outcome, StringComparer.OrdinalIgnoreCase) ? ReportedOutcome.Passed
                : _failed.Contains(outcome, StringComparer.OrdinalIgnoreCase) ? ReportedOutcome.Failed
                : ReportedOutcome.DidNotRun,
            ReportFields.Duration(reader.GetAttribute("duration")),
            IsFlaky: false)));
        ReportXml.ReadChildren(reader, static _ => { });
    }
}
