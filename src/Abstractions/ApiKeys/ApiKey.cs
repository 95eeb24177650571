using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace QLearning.Abstractions;

/// <summary>The text of an API key: <c>qlk_</c> and 256 random bits. Only its hash is stored.</summary>
public static class ApiKey
{
    /// <summary>What every key begins with, so that people and scanners recognise one.</summary>
    public const string Mark = "qlk_";

    private const int RandomBytes = 32;
    private const int MarkAndEight = 12;

    private static readonly int _length = Mark.Length + Base64Url.GetEncodedLength(RandomBytes);

    /// <summary>A new key.</summary>
    public static string Create() => Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text may be a key at all: what is not need not be looked up.</summary>
    /// <param name="text">The text.</param>
    public static bool IsOne(string text) =>
        text is not null && text.Length == _length && text.StartsWith(Mark, StringComparison.Ordinal)
        && Base64Url.IsValid(text.AsSpan(Mark.Length));

    /// <summary>What is stored of a key, and what it is looked up by: SHA-256. Slow hashes are for passwords, not for 256 bits.</summary>
    /// <param name="key">The key.</param>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Its beginning, by which people tell keys apart; the other 208 random bits stay unknown.</summary>
    /// <param name="key">The key.</param>
    public static string PrefixOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key[..MarkAndEight];
    }
}
