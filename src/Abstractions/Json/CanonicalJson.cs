using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace QLearning.Abstractions.Json;

/// <summary>
/// The JSON Canonicalization Scheme of RFC 8785: one text for all spellings of the same JSON value. Names are sorted by their UTF-16 code
/// units, white space is dropped, numbers are written as ECMAScript writes doubles, strings with the fewest escapes.
/// </summary>
public static class CanonicalJson
{
    private const string Json = "JSON";

    /// <summary>The canonical text of a JSON text.</summary>
    /// <param name="json">JSON within <see cref="QLimits"/>.</param>
    /// <exception cref="InvalidInputException">The text is not JSON, or is beyond the limits.</exception>
    public static string Canonicalize(string json)
    {
        using var document = JsonText.Parse(Json, json);
        var text = new StringBuilder(json.Length);
        Write(document.RootElement, text);
        return text.ToString();
    }

    /// <summary>The key of what a JSON text describes, a state or an action.</summary>
    /// <exception cref="InvalidInputException">
    /// The text is not JSON, is beyond the limits, or has a number beyond 2⁵³, of which several have one canonical text.
    /// </exception>
    internal static PackedKey Hash(string what, string json)
    {
        using var document = JsonText.Parse(Json, json);
        var text = new StringBuilder(json.Length);
        Write(document.RootElement, text);
        CheckNumbers(what, document.RootElement);
        Span<byte> hash = stackalloc byte[PackedKey.HashBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return PackedKey.FromHash(hash);
    }

    private static void CheckNumbers(string what, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    CheckNumbers(what, property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckNumbers(what, item);
                }

                break;
            case JsonValueKind.Number when JsonNumber.Read(JsonMarshal.GetRawUtf8Value(element)).IsBeyondExact:
                throw InvalidInputException.For(
                    what,
                    element.GetRawText(),
                    "a number in it is beyond 2^53, where several numbers have one key",
                    $"numbers of at most 9007199254740992 in size; send a larger one as text: \"{element.GetRawText()}\"");
        }
    }

    private static void Write(JsonElement element, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Separate(text, '[');
                    Write(item, text);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteString(JsonText.CheckedString(Json, element.GetString), text);
                break;
            case JsonValueKind.Number:
                text.Append(EcmaScriptNumber.Format(JsonText.CheckedNumber(Json, element)));
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void WriteObject(JsonElement element, StringBuilder text)
    {
        text.Append('{');
        var properties = element.EnumerateObject()
            .Select(property => (Name: JsonText.CheckedString(Json, () => property.Name), property.Value))
            .OrderBy(property => property.Name, StringComparer.Ordinal);
        foreach (var (name, value) in properties)
        {
            Separate(text, '{');
            WriteString(name, text);
            text.Append(':');
            Write(value, text);
        }

        text.Append('}');
    }

    // The opening mark of an array or object is never the last character of a value, so it tells the first item from the others.
    private static void Separate(StringBuilder text, char opening)
    {
        if (text[^1] != opening)
        {
            text.Append(',');
        }
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case < ' ':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }
}
