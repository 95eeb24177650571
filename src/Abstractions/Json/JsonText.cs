using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace QLearning.Abstractions.Json;

/// <summary>
/// Parses JSON that comes from outside within <see cref="QLimits"/>, so that PostgreSQL's <c>jsonb</c> takes whatever passes.
/// </summary>
public static class JsonText
{
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = QLimits.MaxJsonDepth, AllowDuplicateProperties = false };
    private static readonly SearchValues<char> _plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private static readonly JsonDocumentOptions _stored = new() { MaxDepth = int.MaxValue };
    private static readonly string _allowed = FormattableString.Invariant(
        $"JSON of at most {QLimits.MaxJsonBytes} bytes, at most {QLimits.MaxJsonDepth} levels deep, without duplicate names, ")
        + FormattableString.Invariant($"NUL characters, numbers beyond double or with more than {QLimits.MaxJsonDecimals} decimals");

    /// <summary>Checks a JSON text.</summary>
    /// <param name="what">What it describes, for the error message, such as <c>state</c>.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidInputException">It is not JSON, or is beyond the limits.</exception>
    public static void Check(string what, string json)
    {
        if (IsPlainString(json))
        {
            return;
        }

        using var document = Parse(what, json);
        CheckValues(what, document.RootElement);
    }

    // Most descriptions of actions are their names: of those two are in every update, at the caller and in the silo.
    private static bool IsPlainString(string? json) =>
        json.AsSpan() is ['"', .. var inner, '"'] && json!.Length <= QLimits.MaxJsonBytes && !inner.ContainsAnyExcept(_plain);

    /// <summary>Checks a JSON text that must be an object, such as metadata.</summary>
    /// <param name="what">What it describes, for the error message.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidInputException">It is not a JSON object, or is beyond the limits.</exception>
    public static void CheckObject(string what, string json)
    {
        using var document = Parse(what, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw InvalidInputException.For(what, json, "it is no object", "a JSON object");
        }

        CheckValues(what, document.RootElement);
    }

    /// <summary>Whether a JSON text that another program stored is one that callers may send.</summary>
    internal static bool IsWithinLimits(string json)
    {
        try
        {
            Check(nameof(json), json);
            return true;
        }
        catch (InvalidInputException)
        {
            return false;
        }
    }

    /// <summary>Parses JSON that PostgreSQL has stored: other programs may nest it deeper than callers may.</summary>
    internal static JsonDocument ParseStored(string json) => JsonDocument.Parse(json, _stored);

    internal static JsonDocument Parse(string what, string json)
    {
        if (string.IsNullOrEmpty(json))
        {
            throw InvalidInputException.For(what, json, "it is empty", _allowed);
        }

        var bytes = Encoding.UTF8.GetByteCount(json);
        if (bytes > QLimits.MaxJsonBytes)
        {
            throw InvalidInputException.For(what, json, $"it has {bytes} bytes", _allowed);
        }

        try
        {
            return JsonDocument.Parse(json, _options);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two are for half a surrogate pair: as it is in the text, and escaped in the names that are compared for duplicates.
            throw InvalidInputException.For(what, json, $"it is not JSON within the limits ({error.Message.TrimEnd('.')})", _allowed);
        }
    }

    /// <summary>The text of a JSON string, or an error when it holds half a surrogate pair or a NUL, which <c>jsonb</c> refuses.</summary>
    internal static string CheckedString(string what, Func<string?> read)
    {
        string text;
        try
        {
            text = read()!;
        }
        catch (InvalidOperationException error)
        {
            throw InvalidInputException.For(
                what, "string", $"a string in it is not valid Unicode ({error.Message.TrimEnd('.')})", _allowed);
        }

        return text.Contains('\0', StringComparison.Ordinal)
            ? throw InvalidInputException.For(what, "string", "a string in it has a NUL character", _allowed)
            : text;
    }

    /// <summary>A JSON number, or an error when it is beyond double or has more decimals than <c>jsonb</c> takes.</summary>
    internal static double CheckedNumber(string what, JsonElement element)
    {
        if (!element.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            throw InvalidInputException.For(what, element.GetRawText(), "a number in it is beyond the range of double", _allowed);
        }

        return HasFewDecimals(JsonMarshal.GetRawUtf8Value(element))
            ? number
            : throw InvalidInputException.For(
                what, element.GetRawText(), "a number in it has too many decimals or too large an exponent", _allowed);
    }

    // jsonb keeps numbers as numeric, which refuses 1e-16384 and even 0e-16384, although they are 0 as doubles.
    private static bool HasFewDecimals(ReadOnlySpan<byte> number)
    {
        var mark = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? number : number[..mark];
        var dot = mantissa.IndexOf((byte)'.');
        var decimals = dot < 0 ? 0L : mantissa.Length - dot - 1;
        var exponent = 0;
        return (mark < 0 || int.TryParse(number[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            && exponent <= QLimits.MaxJsonDecimals
            && decimals - exponent <= QLimits.MaxJsonDecimals;
    }

    private static void CheckValues(string what, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    CheckedString(what, () => property.Name);
                    CheckValues(what, property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckValues(what, item);
                }

                break;
            case JsonValueKind.String:
                CheckedString(what, element.GetString);
                break;
            case JsonValueKind.Number:
                CheckedNumber(what, element);
                break;
        }
    }
}
