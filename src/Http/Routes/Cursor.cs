using System.Buffers.Text;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.Routes;

/// <summary>Where a next page begins, as a text that callers send back as it is.</summary>
internal static class Cursor
{
    private const string Allowed = "the 'next' of the page before, or none";

    public static string? Of<T>(T? place)
        where T : class => place is null ? null : Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(place, HttpJson.Options));

    /// <exception cref="InvalidInputException">It is none of this list.</exception>
    public static T? Read<T>(string? cursor)
        where T : class
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(cursor), HttpJson.Options);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw InvalidInputException.For("cursor", cursor, "it is no place in this list", Allowed);
        }
    }
}
