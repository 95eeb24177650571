using System.Text;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>Opens a history as text, and says what a file is that is none.</summary>
internal static class HistoryText
{
    private const int HeadBytes = 512;

    // What a reader must find out to decode what follows; more than a byte order mark needs.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A history as text, in the encoding of its byte order mark, else the typed one, else UTF-8.</summary>
    /// <exception cref="InvalidInputException">It is an archive, or no text.</exception>
    public static StreamReader Open(string path, Encoding? typed)
    {
        var head = Head(path);
        var encoding = ByteOrderMark.EncodingOf(path) ?? typed ?? _strict;
        if (head.StartsWith("PK"u8) || (typed is null && encoding is UTF8Encoding && head.Contains((byte)0)))
        {
            throw Refused(path, "it is no text", "a CSV file, unpacked; UTF-16 without a byte order mark needs --encoding");
        }

        return new StreamReader(path, encoding, detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>Whether a file is XML, by its first character.</summary>
    public static bool IsXml(string path)
    {
        // As far as that character every encoding is the same but UTF-16, which has zeros between.
        foreach (var b in Head(path))
        {
            if (b is not (0 or 0xEF or 0xBB or 0xBF or 0xFF or 0xFE or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return b == '<';
            }
        }

        return false;
    }

    /// <summary>The error for a file that is not in the encoding in which it was opened.</summary>
    public static InvalidInputException NotDecoded(string path, Encoding? typed)
    {
        var marked = ByteOrderMark.EncodingOf(path);
        var encoding = marked ?? typed ?? _strict;
        var (says, allowed) = (marked, typed) switch
        {
            (not null, _) => (", as its byte order mark says", "that encoding to the end, or no such mark, which goes before --encoding"),
            (null, not null) => (
                ", which --encoding names", "the encoding that the file has, or no --encoding for UTF-8 and where a byte order mark is"),
            _ => ("", "UTF-8, UTF-16 with a byte order mark, or another one by --encoding, such as latin1"),
        };
        return Refused(path, $"line {LineOfBadBytes(path, encoding)} is not {ByteOrderMark.NameOf(encoding)}{says}", allowed);
    }

    private static InvalidInputException Refused(string path, string problem, string allowed) =>
        InvalidInputException.For("CI history", path, problem, allowed);

    private static ReadOnlySpan<byte> Head(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[HeadBytes];
        return head.AsSpan(0, file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false));
    }

    // Byte by byte, so that what goes before bad bytes is decoded before they are refused.
    private static int LineOfBadBytes(string path, Encoding encoding)
    {
        var line = 1;
        var isAfterReturn = false;
        var decoder = encoding.GetDecoder();
        Span<char> chars = stackalloc char[encoding.GetMaxCharCount(1)];
        using var file = new BufferedStream(File.OpenRead(path));
        try
        {
            for (var next = file.ReadByte(); next >= 0; next = file.ReadByte())
            {
                foreach (var c in chars[..decoder.GetChars([(byte)next], chars, flush: false)])
                {
                    line += c == '\r' || (c == '\n' && !isAfterReturn) ? 1 : 0;
                    isAfterReturn = c == '\r';
                }
            }
        }
        catch (DecoderFallbackException)
        {
            // That is the line.
        }

        return line;
    }
}
