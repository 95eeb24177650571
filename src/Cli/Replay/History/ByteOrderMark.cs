using System.Text;

namespace QLearning.Cli.Replay.History;

/// <summary>The mark at the begin of a text that tells its encoding for sure, so that it goes before what is typed.</summary>
internal static class ByteOrderMark
{
    private const int LongestMark = 4;

    // That of UTF-32 before that of UTF-16, which begins it. Each is strict: what a StreamReader finds by itself puts the same character
    // for all bytes that it cannot decode, and makes one name of two.
    private static readonly Encoding[] _encodings =
    [
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    /// <summary>The encoding that a file's mark tells; null: it has none.</summary>
    public static Encoding? EncodingOf(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[LongestMark];
        head = head[..file.ReadAtLeast(head, LongestMark, throwOnEndOfStream: false)];
        foreach (var encoding in _encodings)
        {
            if (head.StartsWith(encoding.Preamble))
            {
                return encoding;
            }
        }

        return null;
    }

    /// <summary>An encoding as errors name it.</summary>
    public static string NameOf(Encoding encoding) => encoding.WebName.ToUpperInvariant();
}
