using System.Globalization;
using System.Text;

namespace QLearning.Abstractions.Json;

/// <summary>
/// A JSON number as it is written, with all its digits: 9007199254740993 and 9007199254740992 are one double, and two numbers here.
/// </summary>
internal readonly struct JsonNumber
{
    // 0.ddd times ten to the power of the point, without zeros at either end; no digits: zero.
    private readonly string? _digits;
    private readonly long _point;
    private readonly bool _isNegative;

    private JsonNumber(bool isNegative, string digits, long point) => (_isNegative, _digits, _point) = (isNegative, digits, point);

    // 2 to the power of 53: up to it, a double holds each whole number.
    private static readonly JsonNumber _largestExact = Read("9007199254740992"u8);

    /// <summary>True when it is beyond 2⁵³ in size, where a double no longer holds each whole number.</summary>
    public bool IsBeyondExact => new JsonNumber(isNegative: false, _digits ?? string.Empty, _point).CompareTo(_largestExact) > 0;

    /// <summary>Reads a number.</summary>
    /// <param name="number">Its JSON text, which has been checked to be a number.</param>
    public static JsonNumber Read(ReadOnlySpan<byte> number)
    {
        var isNegative = number is [(byte)'-', ..];
        var unsigned = isNegative ? number[1..] : number;
        var mark = unsigned.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? unsigned : unsigned[..mark];
        var dot = mantissa.IndexOf((byte)'.');
        var digits = Encoding.ASCII.GetString(mantissa).Replace(".", string.Empty, StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        var exponent = Exponent(mark < 0 ? [] : unsigned[(mark + 1)..]);
        var point = (dot < 0 ? mantissa.Length : dot) - (digits.Length - significant.Length) + exponent;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? default : new JsonNumber(isNegative, significant, point);
    }

    /// <summary>Below 0 when it is smaller, 0 when both are equal, above 0 when it is larger.</summary>
    public int CompareTo(JsonNumber other)
    {
        if (Sign != other.Sign)
        {
            return Sign.CompareTo(other.Sign);
        }

        var bySize = _point != other._point ? _point.CompareTo(other._point) : string.CompareOrdinal(_digits, other._digits);
        return Sign * Math.Sign(bySize);
    }

    private int Sign => string.IsNullOrEmpty(_digits) ? 0 : _isNegative ? -1 : 1;

    // Far below what a long holds, so that a text's own length can be added; no text within the limits has such an exponent.
    private static long Exponent(ReadOnlySpan<byte> text)
    {
        const long Most = long.MaxValue / 4;
        return text.IsEmpty ? 0
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                ? Math.Clamp(exponent, -Most, Most)
            : text[0] == (byte)'-' ? -Most
            : Most;
    }
}
