using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using QLearning.Http.Problems;

namespace QLearning.Http.Bodies;

/// <summary>Reads JSON into a body's type, and says in a caller's words what is wrong with it.</summary>
internal static partial class JsonParser
{
    /// <exception cref="RequestException">It is not JSON, or not that of the type.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            throw new RequestException(ProblemTypes.MalformedJson, "The body is empty. Allowed: one JSON object.");
        }

        if (!Utf8.IsValid(json))
        {
            throw At(ProblemTypes.MalformedJson, "The body is not valid UTF-8.", FirstInvalid(json));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json, HttpJson.Options)
                ?? throw new RequestException(ProblemTypes.InvalidInput, "The body is null. Allowed: one JSON object.");
        }
        catch (JsonException error)
        {
            throw Explain(error, OffsetOf(json, error));
        }
        catch (InvalidOperationException error)
        {
            // Half a surrogate pair in an escape.
            throw new RequestException(
                ProblemTypes.MalformedJson, $"A string in the body is not valid Unicode ({error.Message.TrimEnd('.')}).");
        }
    }

    private static RequestException Explain(JsonException error, long? offset)
    {
        var path = error.Path ?? "$";
        if (error.InnerException is JsonException || error.Path is null)
        {
            return At(ProblemTypes.MalformedJson, $"The body is not JSON within the limits ({Plain(error)}).", offset);
        }

        if (error.InnerException is InvalidOperationException text && text.Message.Contains("UTF-16", StringComparison.Ordinal))
        {
            // Half a surrogate pair in an escape.
            return At(ProblemTypes.MalformedJson, $"The string at '{path}' is not valid Unicode.", offset);
        }

        if (Unmapped().Match(error.Message) is { Success: true } unknown)
        {
            return Named(
                ProblemTypes.UnknownMember, unknown.Groups[1].Value, "is not known here. Allowed: the documented ones", path, offset);
        }

        if (Duplicate().Match(error.Message) is { Success: true } twice)
        {
            return Named(ProblemTypes.DuplicateMember, twice.Groups[1].Value, "is there twice. Allowed: each once", path, offset);
        }

        return At(ProblemTypes.InvalidInput, Missing().Match(error.Message) is { Success: true } missing
            ? $"The members {missing.Groups[1].Value.TrimEnd('.')} are missing at '{path}'. Allowed: a body that has them."
            : $"The value at '{path}' is not allowed. Allowed: {Expected(error.Message)}.", offset);
    }

    private static RequestException Named(ProblemType type, string member, string problem, string path, long? offset)
    {
        var refused = At(type, $"The member '{member}' at '{path}' {problem}.", offset);
        refused.Problem.Members["member"] = member;
        return refused;
    }

    private static RequestException At(ProblemType type, string detail, long? offset)
    {
        var refused = new RequestException(type, offset is null
            ? detail
            : string.Create(CultureInfo.InvariantCulture, $"{detail} It is at byte {offset}."));
        if (offset is { } known)
        {
            refused.Problem.Members["offset"] = known;
        }

        return refused;
    }

    private static string Expected(string message) => message switch
    {
        _ when message.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when message.Contains("System.Int", StringComparison.Ordinal) => "a whole number",
        _ when message.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when message.Contains("System.Guid", StringComparison.Ordinal) => "a UUID",
        _ when message.Contains("System.String", StringComparison.Ordinal) => "a string",
        _ when message.Contains("System.DateTimeOffset", StringComparison.Ordinal) => "a time such as 2026-01-31T12:00:00Z",
        _ when message.Contains("[]", StringComparison.Ordinal) || message.Contains("List`1", StringComparison.Ordinal) => "an array",
        _ => "what GET /openapi/v1.json says of it",
    };

    private static string Plain(JsonException error)
    {
        var end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end >= 0 ? end : error.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (end >= 0 ? error.Message[..end] : error.Message).TrimEnd('.');
    }

    private static long? OffsetOf(ReadOnlySpan<byte> json, JsonException error)
    {
        if (error is not { LineNumber: { } line, BytePositionInLine: { } column })
        {
            return null;
        }

        var start = 0;
        for (; line > 0 && json[start..].IndexOf((byte)'\n') is >= 0 and var end; line--)
        {
            start += end + 1;
        }

        return start + column;
    }

    private static long FirstInvalid(ReadOnlySpan<byte> json)
    {
        for (var i = 0; i < json.Length;)
        {
            if (System.Text.Rune.DecodeFromUtf8(json[i..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return i;
            }

            i += length;
        }

        return json.Length;
    }

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("^Duplicate property '(.*?)' encountered")]
    private static partial Regex Duplicate();

    [GeneratedRegex("missing required properties including: (.*?)(?: Path: |$)")]
    private static partial Regex Missing();
}
