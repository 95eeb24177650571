using System.Globalization;

namespace QLearning.Cli.Replay.History;

/// <summary>Reads single fields of a history; each parser answers false for what it does not allow.</summary>
internal static class HistoryFields
{
    /// <summary>The most characters of a test's name.</summary>
    public const int MaxName = 10_000;

    private static readonly string[] _passed = ["passed", "pass", "ok", "success", "successful"];
    private static readonly string[] _failed = ["failed", "fail", "failure", "error", "broken", "timeout"];
    private static readonly string[] _notRun = ["skipped", "skip", "disabled", "ignored", "notrun", "not run", "notexecuted", "pending"];

    public static bool Name(string text, out string name)
    {
        name = text;
        return text.Length is > 0 and <= MaxName && !text.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>
    /// A number, 0 or more, with a point or a comma before its decimals. A comma before exactly three digits may divide thousands as well:
    /// it is read where the rest of the number says which it is.
    /// </summary>
    public static bool Number(string text, out double number)
    {
        number = 0;
        return Unambiguous(text) is { } plain
            && double.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    /// <summary>
    /// 0 or a word such as passed; any number above 0, a count of failures, or a word such as failed; null: it did not run.
    /// </summary>
    public static bool Verdict(string text, out bool? failed)
    {
        failed = null;
        if (Number(text, out var failures))
        {
            failed = failures > 0;
            return true;
        }

        if (Is(_passed, text) || Is(_failed, text))
        {
            failed = Is(_failed, text);
            return true;
        }

        return Is(_notRun, text);
    }

    /// <summary>0 and 1 in brackets, newest first, between commas or spaces; null: nothing is said.</summary>
    public static bool Results(string text, out PastResults? results)
    {
        results = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Length < 2 || text[0] != '[' || text[^1] != ']')
        {
            return false;
        }

        var past = PastResults.None;
        var inner = text.AsSpan(1, text.Length - 2);
        foreach (var range in inner.SplitAny(", "))
        {
            var one = inner[range];
            if (one.IsEmpty)
            {
                continue;
            }

            if (one is not ("0" or "1" or "0.0" or "1.0" or "0." or "1."))
            {
                return false;
            }

            past = past.FollowedByOlder(one[0] == '1');
        }

        results = past;
        return true;
    }

    /// <summary>
    /// The digits of a cycle that is a whole number, such as <c>7</c> and <c>7.0</c>, without zeros before them: ids of runs and times have
    /// more than an integer holds. Of two numbers the longer is the larger.
    /// </summary>
    public static bool CycleNumber(string text, out string digits)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var whole = dot > 0 && text.AsSpan(dot + 1).TrimEnd('0').IsEmpty ? text[..dot] : text;
        digits = whole.TrimStart('0') is { Length: > 0 } significant ? significant : "0";
        return whole.Length > 0 && !whole.AsSpan().ContainsAnyExceptInRange('0', '9');
    }

    private static bool Is(string[] words, string text) => words.Contains(text, StringComparer.OrdinalIgnoreCase);

    private static string? Unambiguous(string text)
    {
        var (comma, dot) = (text.LastIndexOf(','), text.LastIndexOf('.'));
        if (comma < 0)
        {
            return text;
        }

        if (dot > comma)
        {
            return IsGrouped(text[..dot], ',') ? text.Replace(",", string.Empty, StringComparison.Ordinal) : null;
        }

        if (dot >= 0)
        {
            return IsGrouped(text[..comma], '.')
                ? text.Replace(".", string.Empty, StringComparison.Ordinal).Replace(',', '.')
                : null;
        }

        var isOnlyOne = text.IndexOf(',', StringComparison.Ordinal) == comma;
        return (isOnlyOne, text.Length - comma - 1) switch
        {
            (true, 3) => text.StartsWith("0,", StringComparison.Ordinal) ? text.Replace(',', '.') : null,
            (true, _) => text.Replace(',', '.'),
            _ => IsGrouped(text, ',') ? text.Replace(",", string.Empty, StringComparison.Ordinal) : null,
        };
    }

    private static bool IsGrouped(string digits, char separator)
    {
        var parts = digits.Split(separator);
        return parts[0].Length is >= 1 and <= 3 && parts.Skip(1).All(part => part.Length == 3);
    }
}
