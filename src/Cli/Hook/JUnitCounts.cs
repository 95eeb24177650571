using System.Globalization;
using System.Xml;
using QLearning.Abstractions;

namespace QLearning.Cli.Hook;

/// <summary>
/// Counts the tests of a JUnit XML report by its <c>testcase</c> elements, in whatever suites they are. A test that passed when it was run
/// again (<c>flakyFailure</c>, <c>flakyError</c>) passed. Document types and entities are refused, and nothing is fetched.
/// </summary>
internal static class JUnitCounts
{
    private const string TestCase = "testcase";
    private const long MaxCharacters = 256L * 1024 * 1024;

    private static readonly XmlReaderSettings _safe = new()
    {
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <exception cref="InvalidInputException">The file is not there, no XML, has a document type, or holds no test.</exception>
    public static async Task<TestCounts> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            using var reader = XmlReader.Create(stream, _safe);
            var counts = await CountAsync(reader, cancellationToken);
            return counts != new TestCounts(0, 0, 0)
                ? counts
                : throw InvalidInputException.For("report", file, $"it has no element '{TestCase}'", "a JUnit XML report");
        }
        catch (XmlException error)
        {
            var place = error.LineNumber > 0
                ? string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber} at {error.LinePosition}")
                : "its XML";
            throw InvalidInputException.For(
                "report", file, $"{place} cannot be read", "a JUnit XML report, well-formed and without a document type");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw InvalidInputException.For("report", file, error.Message.TrimEnd('.'), "a file that can be read");
        }
    }

    private static async Task<TestCounts> CountAsync(XmlReader reader, CancellationToken cancellationToken)
    {
        var (passed, failed, skipped) = (0, 0, 0);
        while (await reader.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader is { NodeType: XmlNodeType.Element, LocalName: TestCase })
            {
                switch (await ResultAsync(reader))
                {
                    case "failure" or "error":
                        failed++;
                        break;
                    case "skipped":
                        skipped++;
                        break;
                    default:
                        passed++;
                        break;
                }
            }
        }

        return new TestCounts(passed, failed, skipped);
    }

    /// <summary>The child that says how a test ended, a failure before a skip; null when there is none. Reads to the test's end.</summary>
    private static async Task<string?> ResultAsync(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            return null;
        }

        string? result = null;
        var depth = reader.Depth;
        while (await reader.ReadAsync() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth + 1)
            {
                result = reader.LocalName switch
                {
                    "failure" or "error" => reader.LocalName,
                    "skipped" => result ?? reader.LocalName,
                    _ => result,
                };
            }
        }

        return result;
    }
}
