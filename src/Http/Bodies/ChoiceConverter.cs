using System.Text.Json;
using System.Text.Json.Serialization;

namespace QLearning.Http.Bodies;

/// <summary>
/// Choices in bodies by their camel-case names. <see cref="JsonStringEnumConverter"/> reads lists of names too and adds their numbers: of
/// "greedy, softmax" it makes ucb1.
/// </summary>
internal sealed class ChoiceConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Named<>).MakeGenericType(typeToConvert))!;

    private sealed class Named<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> _values = Enum.GetValues<T>().ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);

        // Without a message of its own an exception gets the serializer's, which the explanations of bodies know.
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(NameOf(value));

        private static string NameOf(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
    }
}
