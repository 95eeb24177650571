using CsvHelper;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>One execution of a test.</summary>
/// <param name="Cycle">The cycle as the history names it.</param>
/// <param name="Name">The test.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Results">Its earlier verdicts; null: not given.</param>
/// <param name="Failed">Its verdict.</param>
internal sealed record HistoryRow(string Cycle, string Name, double DurationMs, PastResults? Results, bool Failed)
{
    /// <summary>Whether the history tells how long it took; else that is what other tests take.</summary>
    public bool IsDurationKnown { get; init; } = true;
}

/// <summary>Reads the fields of the row at which a reader stands. Names that are equal become one text.</summary>
internal sealed class HistoryRowReader(string path, CsvReader csv, HistoryHeader header, HistoryOptions options)
{
    private readonly SharedTexts _texts = new();

    private delegate bool Parser<T>(string text, out T value);

    /// <returns>Null for a test that did not run.</returns>
    /// <exception cref="InvalidInputException">A field is not allowed; the message names line and column.</exception>
    public HistoryRow? Read()
    {
        if (csv.Parser.Count != header.Count)
        {
            throw InvalidInputException.For(
                "CI history", path,
                $"line {csv.Parser.RawRow}, column {Math.Min(csv.Parser.Count, header.Count)}: the line has {csv.Parser.Count} columns",
                $"{header.Count} columns, as the header has");
        }

        var name = Field<string>(HistoryColumn.Name, HistoryFields.Name, $"1 to {HistoryFields.MaxName} characters");
        var failed = Field<bool?>(
            HistoryColumn.Verdict, HistoryFields.Verdict, "0 or passed; 1, a number of failures, or failed; skipped");
        var cycle = Field<string>(HistoryColumn.Cycle, HistoryFields.Name, "a number, or a name such as a commit");
        if (failed is not { } verdict)
        {
            return null;
        }

        var duration = Field<double>(
            HistoryColumn.Duration, HistoryFields.Number, "a number, 0 or more, in the unit of --duration-unit (milliseconds)");
        var results = header.Has(HistoryColumn.Results)
            ? Field<PastResults?>(HistoryColumn.Results, HistoryFields.Results, "[] or 0 and 1 between commas, such as [1, 0]")
            : null;
        return new HistoryRow(_texts.Once(cycle), _texts.Once(name), duration * options.UnitMs, results, verdict);
    }

    private T Field<T>(HistoryColumn column, Parser<T> parse, string allowed)
    {
        var text = (csv.GetField(header[column]) ?? string.Empty).Trim();
        if (parse(text, out var value))
        {
            return value;
        }

        var at = FormattableString.Invariant($"line {csv.Parser.RawRow}, column {header[column] + 1} ({header.NameOf(column)})");
        throw InvalidInputException.For($"CI history '{path}', {at}:", text, "it is malformed", allowed);
    }
}
