using System.Text;
using System.Text.RegularExpressions;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Reports;

/// <summary>
/// Opens a report as text, in the encoding that it names; forgives what test programs get wrong before the first element.
/// </summary>
internal static partial class ReportText
{
    private const int HeadBytes = 256;
    private const char Bom = '\uFEFF';

    /// <param name="path">The file.</param>
    /// <param name="encoding">Its encoding, see <see cref="EncodingOf"/>.</param>
    /// <param name="skippedLines">The blank lines before the declaration, where XML allows none.</param>
    public static TextReader Open(string path, Encoding encoding, out int skippedLines)
    {
        var reader = new StreamReader(path, encoding, detectEncodingFromByteOrderMarks: false);
        try
        {
            skippedLines = 0;
            for (var next = reader.Peek(); next is Bom or ' ' or '\t' or '\r' or '\n'; next = reader.Peek())
            {
                skippedLines += reader.Read() == '\n' ? 1 : 0;
            }

            return new LegalCharacters(reader);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The encoding of a report: that of its byte order mark, else the typed one, else what it names, else UTF-8.</summary>
    /// <exception cref="NotSupportedException">It names one that is unknown.</exception>
    public static Encoding EncodingOf(string path, Encoding? typed) =>
        ByteOrderMark.EncodingOf(path) ?? typed ?? NamedEncodingOf(path);

    private static Encoding NamedEncodingOf(string path)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var name = Declared().Match(Head(path)) is { Success: true } match ? match.Groups[1].Value : "utf-8";
        try
        {
            // A document that can be read so far to say that it is UTF-16 is not: a byte order mark would have told.
            name = name.Equals("utf8", StringComparison.OrdinalIgnoreCase) || name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase)
                ? "utf-8" : name;
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            throw new NotSupportedException($"its encoding '{name}' is unknown; --encoding names another");
        }
    }

    private static string Head(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[HeadBytes];
        return Encoding.Latin1.GetString(head, 0, file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false));
    }

    [GeneratedRegex("""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")]
    private static partial Regex Declared();

    /// <summary>Puts U+FFFD in the place of characters that XML does not allow and that test programs copy from what tests print.</summary>
    private sealed class LegalCharacters(TextReader inner) : TextReader
    {
        public override int Peek() => Legal(inner.Peek());

        public override int Read() => Legal(inner.Read());

        public override int Read(char[] buffer, int index, int count)
        {
            var read = inner.Read(buffer, index, count);
            for (var i = index; i < index + read; i++)
            {
                buffer[i] = (char)Legal(buffer[i]);
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private static int Legal(int c) => c is (>= 0 and < ' ' and not ('\t' or '\r' or '\n')) or 0xFFFE or 0xFFFF ? 0xFFFD : c;
    }
}
