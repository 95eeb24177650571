using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Commands;

/// <summary>The options that say how a CI history is written.</summary>
internal sealed class HistoryCommandOptions
{
    private static readonly Dictionary<string, double> _unitsMs = new(StringComparer.Ordinal)
    {
        ["us"] = 0.001,
        ["ms"] = 1,
        ["s"] = 1000,
        ["min"] = 60_000,
    };

    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "Other headers of CSV, such as name=test,duration=time; also for results, verdict (0 passes) and cycle.",
        HelpName = "names",
    };

    private readonly Option<string> _unit = new("--duration-unit")
    {
        Description = "What durations of CSV are in: us, ms, s or min.",
        HelpName = "unit",
        DefaultValueFactory = _ => "ms",
    };

    private readonly Option<string?> _encoding = EncodingOption();

    private readonly Option<bool> _eachRow = new("--each-row")
    {
        Description = "Rows of CSV of one test in one cycle are tests of their own. Else they are one test, and the last row decides.",
    };

    private readonly Option<bool> _skipUnreadable = new("--skip-unreadable")
    {
        Description = "Leave out reports that cannot be read, with a warning. Else the first one is an error.",
    };

    /// <summary>The option that says in which encoding files are.</summary>
    public static Option<string?> EncodingOption()
    {
        var encoding = new Option<string?>("--encoding")
        {
            Description = "Such as latin1, when a file is neither UTF-8 nor says what it is; a byte order mark goes before it.",
            HelpName = "name",
        };
        encoding.Validators.Add(result => AllowedValues.Check(
            result, name => Find(name) is not null, "encoding", "a name that .NET knows, such as utf-8, utf-16, latin1, windows-1252"));
        return encoding;
    }

    /// <summary>The encoding that was typed; null: none was.</summary>
    public static Encoding? EncodingOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } name ? Find(name) : null;

    public void AddTo(Command command)
    {
        _columns.Validators.Add(CheckColumns);
        _unit.Validators.Add(result => AllowedValues.Check(
            result, _unitsMs.ContainsKey, "duration unit", string.Join(", ", _unitsMs.Keys)));
        command.Add(_columns);
        command.Add(_unit);
        command.Add(_encoding);
        command.Add(_eachRow);
        command.Add(_skipUnreadable);
    }

    public HistoryOptions Of(ParseResult parsed, Output output) => new()
    {
        Columns = Columns(parsed.GetValue(_columns)).ToDictionary(pair => pair.Column!.Value, pair => pair.Header),
        UnitMs = _unitsMs[parsed.GetRequiredValue(_unit)],
        Encoding = EncodingOf(parsed, _encoding),
        CountsEachRow = parsed.GetValue(_eachRow),
        SkipsUnreadable = parsed.GetValue(_skipUnreadable),
        Warn = output.Warn,
    };

    private static void CheckColumns(OptionResult result)
    {
        if (result.Tokens is not [var token])
        {
            return;
        }

        var columns = Columns(token.Value).ToList();
        if (columns.Count == 0 || columns.Any(pair => pair.Column is null || pair.Header.Length == 0)
            || columns.DistinctBy(pair => pair.Column).Count() < columns.Count)
        {
            result.AddError($"The columns '{token.Value}' are not allowed. Allowed: each once, name, duration, results, verdict and cycle, "
                + "such as name=test,duration=time.");
        }
    }

    private static IEnumerable<(HistoryColumn? Column, string Header)> Columns(string? text) =>
        (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pair =>
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            var known = Enum.GetNames<HistoryColumn>()
                .FirstOrDefault(name => string.Equals(name, parts[0], StringComparison.OrdinalIgnoreCase));
            return (known is null ? (HistoryColumn?)null : Enum.Parse<HistoryColumn>(known), parts.Length > 1 ? parts[1] : string.Empty);
        });

    private static Encoding? Find(string name)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        // Unknown, or one that .NET refuses, such as UTF-7.
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
