using System.Diagnostics.CodeAnalysis;
using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Input;

/// <summary>
/// What the checks of this folder are made of. There is one class for each feature with one method for each message, which throws before
/// anything changes. Grains call them for whatever they are sent, clients for what they divide over several grains.
/// </summary>
internal static class InputCheck
{
    public static void Present(string what, [NotNull] object? value, string allowed)
    {
        if (value is null)
        {
            throw InvalidInputException.For(what, null, "it is missing", allowed);
        }
    }

    public static void Id(string what, Guid id, string allowed)
    {
        if (id == Guid.Empty)
        {
            throw InvalidInputException.For(what, id, "it is empty", allowed);
        }
    }

    /// <summary>An id that another thing of the same call must not have.</summary>
    /// <param name="what">The id.</param>
    /// <param name="things">What has such ids.</param>
    /// <param name="id">The id of one of them.</param>
    /// <param name="before">Those of the others so far; it is added.</param>
    /// <param name="allowed">What is allowed.</param>
    public static void OwnId(string what, string things, Guid id, HashSet<Guid> before, string allowed)
    {
        if (!before.Add(id))
        {
            throw InvalidInputException.For(what, id, $"two {things} of the call have it", allowed);
        }
    }

    /// <summary>A time that is stored: PostgreSQL would keep the ends of .NET's range as −infinity and infinity.</summary>
    public static void Time(string what, DateTimeOffset time, DateTimeOffset now)
    {
        if (time.UtcTicks <= 0 || time.UtcTicks == DateTimeOffset.MaxValue.UtcTicks)
        {
            throw InvalidInputException.For(what, time, "it is not set", "when it happened");
        }

        if (time - now > QLimits.MaxClockAhead)
        {
            throw InvalidInputException.For(
                what,
                time,
                "it is too far in the future",
                FormattableString.Invariant($"when it happened, at most {QLimits.MaxClockAhead.TotalHours:0} hours from now"));
        }
    }

    public static void Count<T>(string what, [NotNull] IReadOnlyCollection<T>? items, int most)
    {
        if (items is null || items.Count > most)
        {
            throw InvalidInputException.For(
                $"number of {what}", items?.Count, "it is too large or missing", FormattableString.Invariant($"at most {most}"));
        }
    }

    public static void Batch<T>(string what, [NotNull] T[]? items) => Count(what, items, QLimits.MaxBatch);

    /// <summary>A number that must be at least one bound and at most the other.</summary>
    public static double Range(string what, double number, double least, double most) => number >= least && number <= most
        ? number
        : throw InvalidInputException.For(what, number, "it is out of range", FormattableString.Invariant($"{least} to {most}"));

    /// <summary>As <see cref="Range"/>, from 0 to 1.</summary>
    public static double Fraction(string what, double number) => Range(what, number, 0, 1);

    /// <summary>A number that must be above 0.</summary>
    public static double AboveZero(string what, double number, double most) => number > 0 && number <= most
        ? number
        : throw InvalidInputException.For(what, number, "it is out of range", FormattableString.Invariant($"above 0 up to {most}"));

    /// <summary>A number that may be negative.</summary>
    public static void Size(string what, double number, double most)
    {
        if (!(Math.Abs(number) <= most))
        {
            throw InvalidInputException.For(
                what, number, "it is not finite or too large", FormattableString.Invariant($"a finite number of at most {most} in size"));
        }
    }

    /// <summary>A text that becomes a column of a limited length.</summary>
    public static void Text(string what, [NotNull] string? text, int most)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw InvalidInputException.For(what, text, "it is empty", AllowedText(1, most));
        }

        Text(what, text, 1, most);
    }

    /// <summary>As <see cref="Text(string, string?, int)"/>; may be null or empty.</summary>
    public static void OptionalText(string what, string? text, int most)
    {
        if (text is not null)
        {
            Text(what, text, 0, most);
        }
    }

    /// <summary>JSON of any kind; may be null.</summary>
    public static void OptionalJson(string what, string? json)
    {
        if (json is not null)
        {
            JsonText.Check(what, json);
        }
    }

    /// <summary>A JSON object; may be null.</summary>
    public static void OptionalObject(string what, string? json)
    {
        if (json is not null)
        {
            JsonText.CheckObject(what, json);
        }
    }

    private static void Text(string what, string text, int least, int most)
    {
        var problem = text switch
        {
            _ when text.Length > most => FormattableString.Invariant($"it has {text.Length} characters"),
            _ when text.Contains('\0', StringComparison.Ordinal) => "it has a NUL character",
            _ when !IsUnicode(text) => "it has half a surrogate pair",
            _ => null,
        };
        if (problem is not null)
        {
            throw InvalidInputException.For(what, text, problem, AllowedText(least, most));
        }
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static string AllowedText(int least, int most) =>
        FormattableString.Invariant($"{least} to {most} characters of Unicode without NUL");
}
