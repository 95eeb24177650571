using System.Globalization;

namespace QLearning.Abstractions.Json;

/// <summary>Writes a double as ECMAScript's <c>Number::toString</c> does, which RFC 8785 (section 3.2.2.3) asks for.</summary>
internal static class EcmaScriptNumber
{
    // Beyond these decimal points ECMAScript writes an exponent.
    private const int MaxPlainPoint = 21;
    private const int MinPlainPoint = -5;

    public static string Format(double number)
    {
        if (number == 0)
        {
            return "0";
        }

        var (negative, digits, point) = ShortestDigits(number);
        var text = point switch
        {
            > MaxPlainPoint or < MinPlainPoint => Exponential(digits, point - 1),
            <= 0 => "0." + new string('0', -point) + digits,
            _ when digits.Length <= point => digits.PadRight(point, '0'),
            _ => string.Concat(digits.AsSpan(0, point), ".", digits.AsSpan(point)),
        };
        return negative ? "-" + text : text;
    }

    /// <summary>The fewest digits that read back as the same double, and where the decimal point stands (0.ddd × 10^point).</summary>
    private static (bool Negative, string Digits, int Point) ShortestDigits(double number)
    {
        // .NET's "R" form has the same shortest digits as ECMAScript; only their layout differs.
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = exponent + (dot < 0 ? mantissa.Length : dot);
        var digits = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        point -= digits.Length - significant.Length;
        return (double.IsNegative(number), significant.TrimEnd('0'), point);
    }

    private static string Exponential(string digits, int exponent)
    {
        var fraction = digits.Length == 1 ? string.Empty : "." + digits[1..];
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
    }
}
