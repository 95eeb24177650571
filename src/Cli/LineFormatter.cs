using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace QLearning.Cli;

/// <summary>
/// One line for an event: time, level, the event's name or else the class that logs, message, and what the exceptions say from the
/// outermost to the cause. Stack traces are in the JSON form.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        textWriter.Write(time.GetUtcNow().ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(Source(logEntry.EventId, logEntry.Category));
        textWriter.Write(": ");
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        for (var error = logEntry.Exception; error is not null; error = error.InnerException)
        {
            textWriter.Write($" <- {error.GetType().Name}: {OneLine(error.Message)}");
        }

        textWriter.WriteLine();
    }

    // As Microsoft's console formatters name them.
    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private static string Source(EventId id, string category)
    {
        var type = category[(category.LastIndexOf('.') + 1)..];
        return string.IsNullOrEmpty(id.Name) || id.Name.StartsWith("Log", StringComparison.Ordinal) ? type : id.Name;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
