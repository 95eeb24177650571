using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using QLearning.Abstractions;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Reports;

/// <summary>Reads single attributes of a report. What is missing or unreadable is not known; it is neither 0 nor an error.</summary>
internal static partial class ReportFields
{
    /// <summary>A JUnit time: seconds, with separators of thousands and decimals where it is clear which they are.</summary>
    public static TimeSpan? Seconds(string? text) =>
        text is not null && HistoryFields.Number(text.Trim(), out var seconds) ? Of(seconds) : null;

    /// <summary>A TRX duration: <c>[d.]hh:mm:ss[.fraction]</c>, also with more than 24 hours.</summary>
    public static TimeSpan? Duration(string? text)
    {
        if (text is null || Span().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }

        double[] parts = [.. Enumerable.Range(1, 4).Select(i => Part(match.Groups[i]))];
        var seconds = (((((parts[0] * 24) + parts[1]) * 60) + parts[2]) * 60) + parts[3];
        return Of(seconds);
    }

    /// <summary>A time stamp; one without an offset is taken for UTC.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var time)
            ? time
            : null;

    /// <summary>The earlier of two times of which either may not be known.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    /// <summary>The name of the test at whose element a reader stands.</summary>
    /// <exception cref="InvalidInputException">It has none, or one that is not allowed.</exception>
    public static string TestName(string path, XmlReader reader, string attribute) =>
        HistoryFields.Name(reader.GetAttribute(attribute)?.Trim() ?? string.Empty, out var name)
            ? name
            : throw TestReport.Refused(
                path,
                string.Create(CultureInfo.InvariantCulture, $"line {ReportXml.LineOf(reader)} has a test whose name is not allowed"),
                string.Create(CultureInfo.InvariantCulture, $"1 to {HistoryFields.MaxName} characters"));

    /// <summary>What a test is known by.</summary>
    public static string Name(string? className, string name) =>
        string.IsNullOrWhiteSpace(className) || name.StartsWith(className + ".", StringComparison.Ordinal)
            ? name
            : $"{className.Trim()}.{name}";

    private static TimeSpan? Of(double seconds) => seconds < TimeSpan.MaxValue.TotalSeconds
        ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
        : null;

    private static double Part(Group group) => group.Success ? double.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:([0-9]{1,7})\.)?([0-9]{1,7}):([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]+)?)$")]
    private static partial Regex Span();
}
