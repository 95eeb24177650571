using Spectre.Console;

namespace QLearning.Cli.Tests;

/// <summary>An <see cref="Output"/> without a terminal whose two sides can be read.</summary>
internal sealed class CapturedOutput : IDisposable
{
    private const int PlainWidth = 120;

    private readonly StringWriter _result = new();
    private readonly StringWriter _progress = new();

    public CapturedOutput(int width = PlainWidth) =>
        Output = new Output(Console(_result, width), Console(_progress, width), IsLive: false);

    public Output Output { get; }

    /// <summary>What went to standard output.</summary>
    public string Result => _result.ToString();

    /// <summary>What went to standard error.</summary>
    public string Progress => _progress.ToString();

    public void Dispose()
    {
        _result.Dispose();
        _progress.Dispose();
    }

    public Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, Output);

    private static IAnsiConsole Console(TextWriter writer, int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        return console;
    }
}
