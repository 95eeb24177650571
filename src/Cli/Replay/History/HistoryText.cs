using System.Text;
using System.Text.Unicode;
using QLearning.Abstractions;

namespace QLearning.Cli.Replay.History;

/// <summary>Opens a history as text, and says what a file is that is none.</summary>
internal static class HistoryText
{
    private const int HeadBytes = 512;

    // What a reader must find out to decode what follows; more than a byte order mark needs.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InvalidInputException">It is an archive, or no text.</exception>
    public static StreamReader Open(string path, Encoding? encoding)
    {
        var head = Head(path);
        if (head.StartsWith("PK"u8) || (encoding is null && !IsUtf16(head) && head.Contains((byte)0)))
        {
            throw Refused(path, "it is no text", "a CSV file, unpacked; UTF-16 without a byte order mark needs --encoding");
        }

        return new StreamReader(path, encoding ?? _strict, detectEncodingFromByteOrderMarks: true);
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

    /// <summary>The error for a file that is not in its encoding.</summary>
    public static InvalidInputException NotDecoded(string path) =>
        Refused(path, $"line {LineOfBadBytes(path)} is not UTF-8",
            "UTF-8, UTF-16 with a byte order mark, or another one by --encoding, such as latin1");

    private static InvalidInputException Refused(string path, string problem, string allowed) =>
        InvalidInputException.For("CI history", path, problem, allowed);

    private static ReadOnlySpan<byte> Head(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[HeadBytes];
        return head.AsSpan(0, file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false));
    }

    private static bool IsUtf16(ReadOnlySpan<byte> head) => head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    private static int LineOfBadBytes(string path)
    {
        var line = 1;
        var bytes = new List<byte>();
        using var file = new BufferedStream(File.OpenRead(path));
        for (var next = file.ReadByte(); next >= 0; next = file.ReadByte())
        {
            bytes.Add((byte)next);
            if (next == '\n')
            {
                if (!IsUtf8(bytes))
                {
                    return line;
                }

                line++;
                bytes.Clear();
            }
        }

        return line;
    }

    private static bool IsUtf8(List<byte> bytes) => Utf8.IsValid(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
}
