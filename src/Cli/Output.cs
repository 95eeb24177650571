using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;
using Spectre.Console;

namespace QLearning.Cli;

/// <summary>Where a command writes: results to standard output, the rest to standard error.</summary>
/// <param name="Result">Standard output: tables and texts, or the one JSON document of <c>--json</c>.</param>
/// <param name="Progress">Standard error: progress and errors.</param>
/// <param name="IsLive">True when progress may be drawn over itself, on a terminal.</param>
internal sealed record Output(IAnsiConsole Result, IAnsiConsole Progress, bool IsLive)
{
    private const int PlainWidth = 120;
    private const int Narrowest = 40;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new DoubleJsonConverter() },
    };

    public static Output ToTerminal()
    {
        if (!Console.IsOutputRedirected)
        {
            Console.SetOut(new TerminalWriter(Console.Out));
        }

        if (!Console.IsErrorRedirected)
        {
            Console.SetError(new TerminalWriter(Console.Error));
        }

        return new Output(
            To(Console.Out, Console.IsOutputRedirected),
            To(Console.Error, Console.IsErrorRedirected),
            !Console.IsErrorRedirected && !Console.IsOutputRedirected);
    }

    /// <summary>Writes the one document of <c>--json</c>.</summary>
    public void WriteJson<T>(T document) => Result.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(document, _json));

    /// <summary>Writes a line as it is: no markup, no wrapping.</summary>
    public void WriteLine(string line) => Result.Profile.Out.Writer.WriteLine(line);

    /// <summary>Writes a line of progress as it is.</summary>
    public void WriteProgress(string line) => Progress.Profile.Out.Writer.WriteLine(line);

    /// <summary>Writes a warning as it is.</summary>
    public void Warn(string line) => WriteProgress($"qlearn: {line}");

    private static IAnsiConsole To(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (isRedirected)
        {
            console.Profile.Width = WidthOf(Environment.GetEnvironmentVariable("COLUMNS"));
        }

        return console;
    }

    /// <summary>How wide lines in a pipe or a file may be: as <c>COLUMNS</c> says, else 120.</summary>
    internal static int WidthOf(string? columns) =>
        int.TryParse(columns, NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? Math.Max(width, Narrowest) : PlainWidth;
}
