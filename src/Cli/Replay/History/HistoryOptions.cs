using System.Text;

namespace QLearning.Cli.Replay.History;

/// <summary>How a CI history is written.</summary>
internal sealed record HistoryOptions
{
    /// <summary>The columns whose headers are not the usual ones, by <see cref="HistoryColumn"/>.</summary>
    public IReadOnlyDictionary<HistoryColumn, string> Columns { get; init; } = new Dictionary<HistoryColumn, string>();

    /// <summary>The milliseconds in one unit of the column Duration. Default: 1.</summary>
    public double UnitMs { get; init; } = 1;

    /// <summary>The encoding of a file without a byte order mark, which goes before it; null: UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>
    /// Whether each row of a test that a cycle has several times counts as a test of its own. Default: false, so that they are one test,
    /// whose last row has its verdict and its duration.
    /// </summary>
    public bool CountsEachRow { get; init; }

    /// <summary>Whether reports that cannot be read are warned of and left out. Default: false, so that they are refused.</summary>
    public bool SkipsUnreadable { get; init; }

    /// <summary>Gets warnings of reports, a line each.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}

/// <summary>What a row of a history says.</summary>
internal enum HistoryColumn
{
    Name,
    Duration,
    Results,
    Verdict,
    Cycle,
}
