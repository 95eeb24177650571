using Spectre.Console;

namespace QLearning.Cli.Tests;

/// <summary>An <see cref="Output"/> without a terminal whose two sides can be read.</summary>
internal sealed class CapturedOutput : IDisposable
{
    private const int Width = 120;

    private readonly StringWriter _result = new();
    private readonly StringWriter _progress = new();

    public CapturedOutput() => Output = new Output(Console(_result), Console(_progress), IsLive: false);

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

    private static IAnsiConsole Console(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Width;
        return console;
    }
}
