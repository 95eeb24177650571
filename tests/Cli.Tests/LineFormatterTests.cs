using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace QLearning.Cli.Tests;

/// <summary>An event is one line, whatever it says.</summary>
public sealed class LineFormatterTests
{
    private readonly LineFormatter _formatter = new(new FakeTimeProvider(new DateTimeOffset(2026, 8, 1, 10, 20, 30, 456, TimeSpan.Zero)));

    [Fact]
    public void It_says_time_level_event_and_message() =>
        Assert.Equal("10:20:30.456 info: Loaded: All is well\n", Line(LogLevel.Information, new EventId(1, "Loaded"), "All is well", null));

    [Theory]
    [InlineData(null)]
    [InlineData("LogFailed")]
    public void Without_a_name_of_its_own_an_event_has_its_class(string? name) =>
        Assert.Equal("10:20:30.456 warn: Watchdog: late\n", Line(LogLevel.Warning, new EventId(1, name), "late", null));

    [Fact]
    public void Exceptions_are_told_to_the_cause_in_the_same_line_without_their_traces()
    {
        var error = new InvalidOperationException("It is\r\nclosed.", new TimeoutException("2 s"));
        Assert.Equal(
            "10:20:30.456 fail: Watchdog: no answer <- InvalidOperationException: It is closed. <- TimeoutException: 2 s\n",
            Line(LogLevel.Error, default, "no\nanswer", error));
    }

    private string Line(LogLevel level, EventId id, string message, Exception? error)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        _formatter.Write(new LogEntry<string>(level, "Orleans.Runtime.Watchdog", id, message, error, (text, _) => text), null, writer);
        return writer.ToString();
    }
}
