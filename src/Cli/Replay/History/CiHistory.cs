using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using QLearning.Abstractions;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Replay.History;

/// <summary>
/// Reads a CI history: a folder of reports in JUnit XML or TRX, or a text file with one execution of a test a line, in the form of the
/// RETECS data sets or near it. Of the latter needed are the columns Name, Duration, Verdict (0 passes) and Cycle; LastResults (such as
/// <c>[1, 0]</c>, newest first, 1 = failed) is derived from earlier cycles where it is not given; other columns are passed over.
/// </summary>
internal static class CiHistory
{
    private const int LongestField = 16 << 20;
    private const char Bom = '\uFEFF';
    private static readonly char[] _delimiters = [';', ',', '\t', '|'];

    /// <summary>
    /// Reads all cycles, the earliest first: of reports by their times; else by number, or as they appear when a cycle is no number.
    /// </summary>
    /// <exception cref="InvalidInputException">A file cannot be read or is malformed; the message names line and column.</exception>
    public static IReadOnlyList<CiCycle> Read(string path, HistoryOptions? options = null) =>
        Read(path, options ?? new HistoryOptions(), out _);

    /// <summary>As the other, and answers the runs of reports too; there are none of a text file.</summary>
    /// <exception cref="InvalidInputException">A file cannot be read or is malformed; the message names line and column.</exception>
    public static IReadOnlyList<CiCycle> Read(string path, HistoryOptions options, out IReadOnlyList<ReportedRun> runs)
    {
        runs = [];
        try
        {
            if (Directory.Exists(path) || HistoryText.IsXml(path))
            {
                runs = ReadRuns(path, options);
                return FromReports(path, runs, options);
            }

            using var text = HistoryText.Open(path, options.Encoding);
            return HistoryCycles.Of(path, ReadRows(path, text, options), options);
        }
        catch (DecoderFallbackException)
        {
            throw HistoryText.NotDecoded(path, options.Encoding);
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

    /// <summary>The runs of which a folder has reports; a file is one run.</summary>
    /// <exception cref="InvalidInputException">There are none, or one cannot be read.</exception>
    public static IReadOnlyList<ReportedRun> ReadRuns(string path, HistoryOptions options)
    {
        var reports = new ReportFolder(options.Encoding, options.SkipsUnreadable, options.Warn);
        return Directory.Exists(path) ? reports.ReadRuns(path) : [reports.ReadRun(path)];
    }

    private static IReadOnlyList<CiCycle> FromReports(string path, IReadOnlyList<ReportedRun> runs, HistoryOptions options)
    {
        var cycles = HistoryCycles.Of(path, ReportHistory.CyclesOf(runs), options);
        return cycles.Count > 0
            ? cycles
            : throw InvalidInputException.For("CI history", path, "no test of its reports ran", "reports of tests that ran");
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
        // A reader that starts anew hands the mark out, and a quote behind it would open nothing.
        if (text.Peek() == Bom)
        {
            text.Read();
        }

        return _delimiters.MaxBy(delimiter => header.ToString().Count(c => c == delimiter)).ToString();
    }

    private static string FirstLine(string message) => message.Split('\n')[0].Trim().TrimEnd('.');
}
