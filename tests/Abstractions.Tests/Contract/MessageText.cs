using System.Collections;
using System.Globalization;
using System.Reflection;

namespace QLearning.Abstractions.Tests.Contract;

/// <summary>A text of all that a message holds, to compare messages with lists in them by value.</summary>
internal static class MessageText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        StateKey or ActionKey or Guid or Enum or bool => $"{value}",
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture),
        Exception error => $"{error.GetType().Name} {{{error.Message}}}",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ => $"{value.GetType().Name} {{{Of(value, Members(value))}}}",
    };

    public static IEnumerable<PropertyInfo> Members(object message) =>
        message.GetType().GetProperties().Where(property => property.GetCustomAttribute<IdAttribute>() is not null);

    private static string Of(object message, IEnumerable<PropertyInfo> members) =>
        string.Join(", ", members.Select(member => $"{member.Name}={Of(member.GetValue(message))}"));
}
