using System.Text.Json;
using System.Text.Json.Serialization;

namespace QLearning.Abstractions;

/// <summary>
/// Keys in <see cref="System.Text.Json"/>: their text, also as names in an object; <c>default</c>, no key, is the empty text.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
public abstract class KeyJsonConverter<TKey> : JsonConverter<TKey>
    where TKey : struct, IEquatable<TKey>
{
    private readonly Func<string, TKey> _parse;

    private protected KeyJsonConverter(Func<string, TKey> parse) => _parse = parse;

    /// <inheritdoc />
    public override TKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? Parse(reader.GetString()!)
            : throw new JsonException($"A {typeof(TKey).Name} is a JSON string, not {reader.TokenType}.");

    /// <inheritdoc />
    public override TKey ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString()!);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, TKey value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Text(value));
    }

    /// <inheritdoc />
    public override void WriteAsPropertyName(Utf8JsonWriter writer, TKey value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(Text(value));
    }

    private static string Text(TKey key) => key.Equals(default) ? string.Empty : key.ToString()!;

    private TKey Parse(string text)
    {
        try
        {
            return text.Length == 0 ? default : _parse(text);
        }
        catch (InvalidInputException error)
        {
            // What every caller of JsonSerializer expects of a text that is no such value.
            throw new JsonException(error.Message, error);
        }
    }
}

/// <summary>A <see cref="StateKey"/> in JSON.</summary>
public sealed class StateKeyJsonConverter() : KeyJsonConverter<StateKey>(StateKey.Parse);

/// <summary>An <see cref="ActionKey"/> in JSON.</summary>
public sealed class ActionKeyJsonConverter() : KeyJsonConverter<ActionKey>(ActionKey.Parse);

/// <summary>An <see cref="AgentTypeKey"/> in JSON.</summary>
public sealed class AgentTypeKeyJsonConverter() : KeyJsonConverter<AgentTypeKey>(AgentTypeKey.Parse);

/// <summary>An <see cref="AgentKey"/> in JSON.</summary>
public sealed class AgentKeyJsonConverter() : KeyJsonConverter<AgentKey>(AgentKey.Parse);
