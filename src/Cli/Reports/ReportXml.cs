using System.Xml;

namespace QLearning.Cli.Reports;

/// <summary>
/// Reads XML of strangers element by element: document types and entities are refused, nothing is fetched, sizes are limited.
/// </summary>
internal static class ReportXml
{
    private const long MaxCharacters = 256L << 20;
    private const int MaxDepth = 256;

    /// <summary>A reader of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skippedLines">Lines before it that count.</param>
    public static XmlReader Create(TextReader text, int skippedLines) => XmlReader.Create(text, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        // Test programs write references to characters that XML does not allow.
        CheckCharacters = false,
        LineNumberOffset = skippedLines,
    });

    /// <summary>The line at which a reader stands, 1 when it has not begun.</summary>
    public static int LineOf(XmlReader? reader) => Math.Max((reader as IXmlLineInfo)?.LineNumber ?? 1, 1);

    /// <summary>Goes to the next element, wherever it is.</summary>
    /// <exception cref="XmlException">Elements are nested too deeply, or it is no XML.</exception>
    public static bool ReadElement(XmlReader reader)
    {
        while (Read(reader))
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the end of the element at which a reader stands, and tells the names of its children.</summary>
    /// <exception cref="XmlException">Elements are nested too deeply, or it is no XML.</exception>
    public static void ReadChildren(XmlReader reader, Action<string> onChild)
    {
        if (reader.IsEmptyElement)
        {
            return;
        }

        var depth = reader.Depth;
        while (Read(reader) && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth + 1)
            {
                onChild(reader.LocalName);
            }
        }
    }

    private static bool Read(XmlReader reader)
    {
        var isRead = reader.Read();
        return reader.Depth <= MaxDepth
            ? isRead
            : throw new XmlException("nested too deeply", null, LineOf(reader), ((IXmlLineInfo)reader).LinePosition);
    }
}
