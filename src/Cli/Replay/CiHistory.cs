using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay;

/// <summary>
/// Reads a CI history: a text file with <c>;</c> between its columns and one execution of a test a line. Needed are the columns Name,
/// Duration (ms), LastResults (such as <c>[1, 0]</c>, newest first, 1 = failed), Verdict (1 = failed) and Cycle; others are passed over.
/// </summary>
internal static class CiHistory
{
    private const string NameColumn = "Name";
    private const string DurationColumn = "Duration";
    private const string LastResultsColumn = "LastResults";
    private const string VerdictColumn = "Verdict";
    private const string CycleColumn = "Cycle";
    private const int MaxNameCharacters = 200;

    private static readonly string[] _columns = [NameColumn, DurationColumn, LastResultsColumn, VerdictColumn, CycleColumn];

    /// <summary>Reads all cycles, the earliest first.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read or is malformed; the message names line and column.</exception>
    public static IReadOnlyList<CiCycle> Read(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            return Read(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw InvalidInputException.For("CI history", path, $"it cannot be read ({error.Message.TrimEnd('.')})", "a readable file");
        }
    }

    private static IReadOnlyList<CiCycle> Read(string path, TextReader text)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ";",
            BadDataFound = null,
            Mode = CsvMode.NoEscape,
        };
        using var csv = new CsvReader(text, configuration);
        ReadHeader(path, csv);
        var rows = new List<(int Cycle, ScheduledTest Test, bool Failed)>();
        while (csv.Read())
        {
            rows.Add(ReadRow(path, csv));
        }

        return rows.Count == 0
            ? throw InvalidInputException.For("CI history", path, "it has no executions", "a header line and at least one line below it")
            : [.. rows.GroupBy(row => row.Cycle).OrderBy(cycle => cycle.Key).Select(cycle => new CiCycle(
                cycle.Key, [.. cycle.Select(row => row.Test)], [.. cycle.Select(row => row.Failed)]))];
    }

    private static void ReadHeader(string path, CsvReader csv)
    {
        var hasHeader = csv.Read() && csv.ReadHeader();
        if (!hasHeader || _columns.Except(csv.HeaderRecord!, StringComparer.Ordinal).ToArray() is { Length: > 0 })
        {
            var missing = string.Join(", ", _columns.Except(csv.HeaderRecord ?? [], StringComparer.Ordinal));
            throw InvalidInputException.For(
                "CI history", path, $"its header in line 1 lacks {missing}",
                $"';' between columns, among them {string.Join(", ", _columns)}");
        }
    }

    private static (int Cycle, ScheduledTest Test, bool Failed) ReadRow(string path, CsvReader csv)
    {
        var line = csv.Parser.RawRow;
        if (csv.Parser.Count != csv.HeaderRecord!.Length)
        {
            throw InvalidInputException.For(
                "CI history", path,
                $"line {line}, column {Math.Min(csv.Parser.Count, csv.HeaderRecord.Length)}: the line has {csv.Parser.Count} columns",
                $"{csv.HeaderRecord.Length} columns, as the header has");
        }

        var test = new ScheduledTest(
            Field(path, csv, NameColumn, ParseName, $"1 to {MaxNameCharacters} characters"),
            Field(path, csv, DurationColumn, ParseDuration, "whole milliseconds, 0 or more"),
            Field(path, csv, LastResultsColumn, ParseResults, "[] or 0 and 1 between commas, such as [1, 0]"));
        var failed = Field(path, csv, VerdictColumn, ParseVerdict, "0 or 1");
        return (Field(path, csv, CycleColumn, ParseCycle, "a whole number, 0 or more"), test, failed);
    }

    /// <summary>Reads one field; its parser answers null for what is not allowed.</summary>
    private static T Field<T>(string path, CsvReader csv, string column, Func<string, (bool Valid, T Value)> parse, string allowed)
    {
        var text = csv.GetField(column) ?? string.Empty;
        var (valid, value) = parse(text.Trim());
        if (valid)
        {
            return value;
        }

        var at = FormattableString.Invariant($"line {csv.Parser.RawRow}, column {csv.GetFieldIndex(column) + 1} ({column})");
        throw InvalidInputException.For($"CI history '{path}', {at}:", text, "it is malformed", allowed);
    }

    private static (bool, string) ParseName(string text) =>
        (text.Length is > 0 and <= MaxNameCharacters && !text.Contains('\0', StringComparison.Ordinal), text);

    private static (bool, long) ParseDuration(string text) =>
        (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= int.MaxValue, ms);

    private static (bool, int) ParseCycle(string text) =>
        (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cycle), cycle);

    private static (bool, bool) ParseVerdict(string text) => (text is "0" or "1", text == "1");

    private static (bool, IReadOnlyList<bool>) ParseResults(string text)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']') || text.Length < 2)
        {
            return (false, []);
        }

        var parts = text[1..^1].Split(',', StringSplitOptions.TrimEntries);
        return parts is [""] ? (true, []) : (parts.All(part => part is "0" or "1"), [.. parts.Select(part => part == "1")]);
    }
}
