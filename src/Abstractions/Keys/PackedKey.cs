using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QLearning.Abstractions;

/// <summary>
/// The common value behind <see cref="StateKey"/> and <see cref="ActionKey"/>. A key of 64 lower-case hex digits (a SHA-256) is held
/// as 32 bytes without a heap object; any other key is held as its text.
/// </summary>
internal readonly struct PackedKey : IEquatable<PackedKey>, IComparable<PackedKey>
{
    public const int HashBytes = 32;

    private static readonly SearchValues<char> _lowerHex = SearchValues.Create("0123456789abcdef");

    // For a text key _a holds the hash code of the text, so that a look-up never hashes twice.
    private readonly ulong _a, _b, _c, _d;
    private readonly string? _text;

    private PackedKey(ulong a, ulong b, ulong c, ulong d)
    {
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    private PackedKey(string text)
    {
        _text = text;
        _a = (uint)text.GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>True for <c>default</c>, which is no key at all: 64 zeros brought by a caller are kept as text.</summary>
    public bool IsEmpty => _text is null && (_a | _b | _c | _d) == 0;

    public string? Text => _text;

    /// <summary>What a key may be, for error messages.</summary>
    public static string Allowed => FormattableString.Invariant($"1 to {QLimits.MaxKeyCharacters} characters without NUL");

    /// <summary>A number that is spread evenly, the same in every process and in SQL (<c>q_partition</c>).</summary>
    public uint Spread => _text is null ? (uint)(_a >> 32) : SpreadOf(_text);

    public static PackedKey FromHash(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash),
        BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));

    /// <summary>Parses a key; <paramref name="error"/> says what is wrong with one that is refused.</summary>
    public static bool TryParse(string? text, out PackedKey key, out string? error)
    {
        key = default;
        error = Check(text);
        if (error is not null)
        {
            return false;
        }

        key = TryPack(text!, out var packed) ? packed : new PackedKey(text!);
        return true;
    }

    public void CopyHashTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    public bool Equals(PackedKey other) =>
        _a == other._a && _b == other._b && _c == other._c && _d == other._d
        && (ReferenceEquals(_text, other._text) || string.Equals(_text, other._text, StringComparison.Ordinal));

    public override bool Equals(object? obj) => obj is PackedKey other && Equals(other);

    // The words of a SHA-256 are already uniform: folding one of them is as good as hashing all.
    public override int GetHashCode() => (int)(_a ^ (_a >> 32));

    public int CompareTo(PackedKey other)
    {
        if (_text is not null || other._text is not null)
        {
            return CompareTexts(other);
        }

        var order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    public override string ToString()
    {
        if (_text is not null)
        {
            return _text;
        }

        Span<char> hex = stackalloc char[HashBytes * 2];
        return new string(AsText(hex));
    }

    // SHA-256 is spread evenly itself. 64 zeros are a key too, though kept as text.
    [SuppressMessage("Security", "CA5351", Justification = "Spreads keys as PostgreSQL can too; nothing is kept secret by it.")]
    private static uint SpreadOf(string text)
    {
        if (text.Length == HashBytes * 2 && !text.AsSpan().ContainsAnyExcept('0'))
        {
            return 0;
        }

        Span<byte> utf8 = stackalloc byte[QLimits.MaxKeyCharacters * 4];
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)], digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }

    // On the stack, because the best action of a state is found without allocating and ties compare keys.
    private int CompareTexts(in PackedKey other)
    {
        Span<char> hex = stackalloc char[HashBytes * 2];
        Span<char> otherHex = stackalloc char[HashBytes * 2];
        return CodePointOrder.Compare(AsText(hex), other.AsText(otherHex));
    }

    private ReadOnlySpan<char> AsText(Span<char> hex)
    {
        if (_text is not null || IsEmpty)
        {
            return _text;
        }

        Span<byte> bytes = stackalloc byte[HashBytes];
        CopyHashTo(bytes);
        Convert.TryToHexStringLower(bytes, hex, out _);
        return hex;
    }

    private static bool TryPack(string text, out PackedKey key)
    {
        key = default;
        if (text.Length != HashBytes * 2 || text.AsSpan().ContainsAnyExcept(_lowerHex))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[HashBytes];
        Convert.FromHexString(text, bytes, out _, out _);
        key = FromHash(bytes);
        return !key.IsEmpty;
    }

    private static string? Check(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "it is empty";
        }

        var characters = 0;
        for (var i = 0; i < text.Length; i += Rune.TryGetRuneAt(text, i, out var rune) ? rune.Utf16SequenceLength : 1)
        {
            if (!Rune.TryGetRuneAt(text, i, out var valid) || valid.Value == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"character {i + 1} is a NUL or half of a surrogate pair");
            }

            characters++;
        }

        return characters <= QLimits.MaxKeyCharacters
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it has {characters} characters");
    }
}
