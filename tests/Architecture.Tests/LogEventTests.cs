using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using QLearning.Testing;

namespace QLearning.Architecture.Tests;

/// <summary>Whoever alerts on a log event goes by its number: each has one of its own, which <c>docs/log-events.md</c> lists.</summary>
public sealed partial class LogEventTests
{
    private static readonly (MethodInfo Method, LoggerMessageAttribute Event)[] _events =
    [
        .. from project in SourceFiles.Projects
           from type in Assembly.Load(SourceFiles.AssemblyName(project)).GetTypes()
           from method in type.GetMethods(
               BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let logged = method.GetCustomAttribute<LoggerMessageAttribute>()
           where logged is not null
           orderby logged.EventId
           select (method, logged),
    ];

    [Fact]
    public void Every_event_has_a_number_of_its_own()
    {
        Assert.NotEmpty(_events);
        Assert.All(_events, one => Assert.True(one.Event.EventId > 0, $"{one.Method.DeclaringType}.{one.Method.Name} has no number."));
        Assert.Empty(_events.GroupBy(one => one.Event.EventId).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void The_guide_lists_exactly_the_events_that_there_are() => Assert.Equal(
        _events.Select(one => Row(one.Method, one.Event)),
        File.ReadLines(Path.Combine(Repository.Root, "docs", "log-events.md")).Where(line => EventRow().IsMatch(line)));

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex EventRow();

    private static string Row(MethodInfo method, LoggerMessageAttribute logged) => string.Create(
        CultureInfo.InvariantCulture, $"| {logged.EventId} | {logged.Level} | {method.Name} | {logged.Message} |");
}
