using System.Text.Json;
using QLearning.Abstractions;

namespace QLearning.Http.Bodies;

/// <summary>What a body says of a state or action: its key, its description, or both.</summary>
/// <param name="Key">The key; null: it follows from the description.</param>
/// <param name="Json">The description; null: none was given.</param>
internal readonly record struct KeyOrJson(string? Key, string? Json)
{
    public const string KeyMember = "$key";
    public const string JsonMember = "$json";

    /// <exception cref="InvalidInputException">It is null, or has one of the two members and others.</exception>
    public static KeyOrJson Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new(reader.GetString(), null);
            case JsonTokenType.Null:
                throw new InvalidInputException(
                    "A state or action may not be null. Allowed: a string, which is its key, or any other JSON that describes it.");
        }

        var value = JsonElement.ParseValue(ref reader);
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(KeyMember, out var key))
        {
            return new(null, value.GetRawText());
        }

        var hasJson = value.TryGetProperty(JsonMember, out var json);
        return key.ValueKind == JsonValueKind.String && value.GetPropertyCount() == (hasJson ? 2 : 1)
            ? new(key.GetString(), hasJson ? json.GetRawText() : null)
            : throw InvalidInputException.For(
                "state or action",
                value.GetRawText(),
                $"beside \"{KeyMember}\", a string, it has other members",
                $$"""{"{{KeyMember}}": a string, "{{JsonMember}}": what describes it}""");
    }

    public static void Write(Utf8JsonWriter writer, string key, string? json)
    {
        writer.WriteStartObject();
        writer.WriteString(KeyMember, key);
        if (json is not null)
        {
            writer.WritePropertyName(JsonMember);
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
