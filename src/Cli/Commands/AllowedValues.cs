using System.CommandLine.Parsing;
using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Cli.Commands;

/// <summary>Refuses values of options with one text.</summary>
internal static class AllowedValues
{
    /// <summary>Adds an error when a value was typed that is not allowed.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="isAllowed">Whether a value is.</param>
    /// <param name="what">What the option says.</param>
    /// <param name="allowed">What it may say.</param>
    public static void Check(OptionResult result, Func<string, bool> isAllowed, string what, string allowed)
    {
        if (result.Tokens is [var token] && !isAllowed(token.Value))
        {
            result.AddError($"The {what} '{token.Value}' is not allowed. Allowed: {allowed}.");
        }
    }

    /// <summary>As the other, of a whole number.</summary>
    public static void CheckNumber(OptionResult result, string what, int least, int most) => Check(
        result,
        text => int.TryParse(text, CultureInfo.InvariantCulture, out var given) && given >= least && given <= most,
        what,
        string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"));

    /// <summary>As the other, of days, parts of a day included.</summary>
    public static void CheckDays(OptionResult result) => Check(
        result,
        text => double.TryParse(text, CultureInfo.InvariantCulture, out var given) && given is > 0 and <= QLimits.MaxTtlDays,
        "number of days",
        string.Create(CultureInfo.InvariantCulture, $"above 0 up to {QLimits.MaxTtlDays}"));
}
