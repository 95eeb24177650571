using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>
/// Reads a CI history: a text file with one execution of a test a line, in the form of the RETECS data sets or near it. Needed are the
/// columns Name, Duration, Verdict (0 passes) and Cycle; LastResults (such as <c>[1, 0]</c>, newest first, 1 = failed) is derived from
/// earlier cycles where it is not given; other columns are passed over.
/// </summary>
internal static class CiHistory
{
    private const int LongestField = 16 << 20;
    private const char Bom = '\uFEFF';
    private static readonly char[] _delimiters = [';', ',', '\t', '|'];

    /// <summary>Reads all cycles, the earliest first: by number, or as they appear when a cycle is no number.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read or is malformed; the message names line and column.</exception>
    public static IReadOnlyList<CiCycle> Read(string path, HistoryOptions? options = null)
    {
        options ??= new HistoryOptions();
        try
        {
            using var text = HistoryText.Open(path, options.Encoding);
            return HistoryCycles.Of(path, ReadRows(path, text, options), options);
        }
        catch (DecoderFallbackException)
        {
            throw HistoryText.NotDecoded(path);
        }
        catch (CsvHelperException error) when (error.Context?.Parser is { } parser)
        {
            throw InvalidInputException.For(
                "CI history", path, $"line {parser.RawRow} is no CSV ({FirstLine(error.Message)})",
                "a quote at both ends of a field, or none");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw InvalidInputException.For("CI history", path, $"it cannot be read ({error.Message.TrimEnd('.')})", "a readable file");
        }
    }

    private static List<HistoryRow> ReadRows(string path, StreamReader text, HistoryOptions options)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = DelimiterOf(text),
            // A quote inside a field that does not begin with one is part of a test's name.
            BadDataFound = null,
            MaxFieldSize = LongestField,
        };
        using var csv = new CsvReader(text, configuration);
        var rows = new HistoryRowReader(path, csv, new HistoryHeader(path, csv, options), options);
        var read = new List<HistoryRow>();
        while (csv.Read())
        {
            if (rows.Read() is { } row)
            {
                read.Add(row);
            }
        }

        return read.Count == 0
            ? throw InvalidInputException.For("CI history", path, "it has no executions", "a header line and at least one line below it")
            : read;
    }

    /// <summary>What stands between the columns of the header: of the usual ones that which stands there most often.</summary>
    private static string DelimiterOf(StreamReader text)
    {
        var isQuoted = false;
        var header = new StringBuilder();
        for (var next = text.Read(); next >= 0 && (isQuoted || next is not ('\n' or '\r') || header.Length == 0); next = text.Read())
        {
            isQuoted ^= next == '"';
            if (!isQuoted && (char)next is not (Bom or '\r' or '\n'))
            {
                header.Append((char)next);
            }
        }

        text.BaseStream.Position = 0;
        text.DiscardBufferedData();
        return _delimiters.MaxBy(delimiter => header.ToString().Count(c => c == delimiter)).ToString();
    }

    private static string FirstLine(string message) => message.Split('\n')[0].Trim().TrimEnd('.');
}
