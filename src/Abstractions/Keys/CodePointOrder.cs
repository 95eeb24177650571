namespace QLearning.Abstractions;

/// <summary>
/// The order of texts by code point, as UTF-8 and PostgreSQL's collation "C" have it. .NET's ordinal order is by UTF-16 code unit, and so
/// puts U+1F600, whose first unit is D83D, before U+FF5E.
/// </summary>
internal static class CodePointOrder
{
    private const char FirstAfterSurrogates = '\uE000';
    private const int SurrogateUnits = 0x800;
    private const int UnitsAfterSurrogates = 0x10000 - FirstAfterSurrogates;

    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var same = left.CommonPrefixLength(right);
        return same < left.Length && same < right.Length
            ? Rank(left[same]).CompareTo(Rank(right[same]))
            : left.Length.CompareTo(right.Length);
    }

    // Surrogates stand for what is above U+FFFF, so they go behind all other units.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + UnitsAfterSurrogates
        : unit >= FirstAfterSurrogates ? unit - SurrogateUnits
        : unit;
}
