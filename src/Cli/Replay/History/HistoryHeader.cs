using CsvHelper;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>Where the header says that each column is; -1 for one that may be absent and is.</summary>
internal sealed class HistoryHeader
{
    // Headers are compared without case, spaces, dashes and underscores.
    private static readonly Dictionary<HistoryColumn, string> _usual = new()
    {
        [HistoryColumn.Name] = "Name",
        [HistoryColumn.Duration] = "Duration",
        [HistoryColumn.Results] = "LastResults",
        [HistoryColumn.Verdict] = "Verdict",
        [HistoryColumn.Cycle] = "Cycle",
    };

    private readonly Dictionary<HistoryColumn, int> _indexes = [];
    private readonly Dictionary<HistoryColumn, string> _names;

    /// <exception cref="InvalidInputException">A column that is needed is missing.</exception>
    public HistoryHeader(string path, CsvReader csv, HistoryOptions options)
    {
        string[] header = csv.Read() && csv.ReadHeader() ? [.. csv.HeaderRecord!] : [];
        Count = header.Length;
        _names = _usual.ToDictionary(column => column.Key, column => options.Columns.GetValueOrDefault(column.Key, column.Value));
        var plain = header.Select(Plain).ToList();
        foreach (var (column, name) in _names)
        {
            _indexes[column] = plain.IndexOf(Plain(name));
        }

        string[] missing = [.. _indexes.Where(pair => pair.Value < 0 && IsNeeded(pair.Key, options)).Select(pair => _names[pair.Key])];
        if (missing.Length > 0)
        {
            throw InvalidInputException.For(
                "CI history", path, $"its header in line 1 lacks {string.Join(", ", missing)}",
                "the columns Name, Duration, Verdict and Cycle, or others by --columns, such as name=test,duration=time");
        }
    }

    /// <summary>How many columns there are.</summary>
    public int Count { get; }

    /// <summary>Whether a column is there.</summary>
    public bool Has(HistoryColumn column) => _indexes[column] >= 0;

    /// <summary>The place of a column, from 0.</summary>
    public int this[HistoryColumn column] => _indexes[column];

    /// <summary>The header of a column.</summary>
    public string NameOf(HistoryColumn column) => _names[column];

    // Earlier results are derived where they are not given; who names a column for them means it.
    private static bool IsNeeded(HistoryColumn column, HistoryOptions options) =>
        column != HistoryColumn.Results || options.Columns.ContainsKey(column);

    private static string Plain(string header) =>
        string.Concat(header.Where(c => c is not (' ' or '-' or '_' or '\uFEFF'))).ToUpperInvariant();
}
