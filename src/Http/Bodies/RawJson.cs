using System.Text.Json;
using System.Text.Json.Serialization;

namespace QLearning.Http.Bodies;

/// <summary>JSON that stands in a body as it is. What PostgreSQL or the cluster gave is written without being read again.</summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(string Text)
{
    public static RawJson? OrNull(string? text) => text is null ? null : new RawJson(text);
}

/// <summary>Reads and writes <see cref="RawJson"/>.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonElement.ParseValue(ref reader).GetRawText());

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text ?? "null", skipInputValidation: true);
}
