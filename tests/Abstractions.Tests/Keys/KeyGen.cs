namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Texts of keys: hashes, near misses of hashes, and names.</summary>
internal static class KeyGen
{
    private static readonly string[] _around = ["a", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0001F600", "\U0010FFFF"];

    private const string LowerHex = "0123456789abcdef";

    /// <summary>64 lower-case hex digits, which are packed into 32 bytes; many share their beginning.</summary>
    public static readonly Gen<string> Hash = Gen.Select(Gen.Int[0, 63], Gen.Char[LowerHex].Array[64])
        .Select((zeros, digits) => new string('0', zeros) + new string(digits, zeros, 64 - zeros))
        .Where(text => text.Trim('0').Length > 0);

    /// <summary>Keys that are kept as their text; some differ from a hash by a single character.</summary>
    public static readonly Gen<string> Name = Gen.OneOf(
        Gen.Char['!', '~'].Array[1, 64].Select(characters => new string(characters)),
        Gen.Int[0x80, 0xd7ff].Select(char.ConvertFromUtf32).Array[1, 64].Select(string.Concat),
        Gen.Int[0x10000, 0x10ffff].Select(char.ConvertFromUtf32).Array[1, 64].Select(string.Concat),
        Gen.Select(Hash, Gen.Int[0, 63], Gen.Char["AFg/: é"], (hash, at, odd) => hash[..at] + odd + hash[(at + 1)..]),
        Hash.Select(hash => hash[1..]));

    /// <summary>Short keys of few characters around the surrogates, many of which begin alike.</summary>
    public static readonly Gen<string> Short = Gen.Int[0, 6].Select(at => _around[at])
        .Array[1, 3].Select(string.Concat);

    /// <summary>Any key.</summary>
    public static readonly Gen<string> Any = Gen.OneOf(Hash, Name, Short);
}
