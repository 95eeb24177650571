using System.Globalization;
using System.Text;
using System.Xml;
using QLearning.Abstractions;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Reports;

/// <summary>
/// What one report of a finished run says: JUnit XML, as most test programs write it, or TRX, as <c>dotnet test</c> does.
/// </summary>
/// <param name="Started">When the run began; null: the report does not say.</param>
/// <param name="Records">Each record of a test, in the report's order; a test that was run again has several.</param>
/// <param name="SuiteErrors">The lines at which suites ended with an error of their own, outside of any test.</param>
internal sealed record TestReport(
    DateTimeOffset? Started, IReadOnlyList<ReportedTest> Records, IReadOnlyList<int> SuiteErrors)
{
    /// <summary>What a refused report should have been.</summary>
    internal const string Allowed = "JUnit XML (testsuites, testsuite) or TRX (TestRun)";

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="typed">The encoding that was typed, where it has no byte order mark; null: as it says itself, else UTF-8.</param>
    /// <returns>Null for XML of another kind.</returns>
    /// <exception cref="InvalidInputException">It cannot be read; the message names line and column.</exception>
    public static TestReport? Read(string path, Encoding? typed = null)
    {
        XmlReader? reader = null;
        Encoding? encoding = null;
        try
        {
            encoding = ReportText.EncodingOf(path, typed);
            using var text = ReportText.Open(path, encoding, out var skippedLines);
            using (reader = ReportXml.Create(text, skippedLines))
            {
                reader.MoveToContent();
                return reader.LocalName switch
                {
                    "testsuites" or "testsuite" => new JUnitReader(path, reader).Read(),
                    "TestRun" => new TrxReader(path, reader).Read(),
                    _ => null,
                };
            }
        }
        catch (DecoderFallbackException) when (encoding is not null)
        {
            throw Refused(
                path, $"near line {ReportXml.LineOf(reader)} are bytes that {ByteOrderMark.NameOf(encoding)} does not have",
                "the encoding of its byte order mark, else that of --encoding, else that which its first line names, else UTF-8");
        }
        catch (XmlException error)
        {
            // A document type is refused without a place.
            var place = error.LineNumber > 0
                ? string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber}, column {error.LinePosition} cannot be read")
                : string.Create(CultureInfo.InvariantCulture, $"line {ReportXml.LineOf(reader)} cannot be read");
            throw Refused(path, place, Allowed + ", complete, without a document type and entities of its own");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Refused(path, $"it cannot be read ({error.Message.TrimEnd('.')})", "a readable file");
        }
    }

    internal static InvalidInputException Refused(string path, string problem, string allowed) =>
        InvalidInputException.For("report", path, problem, allowed);
}
