using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;

namespace QLearning.Http.Bodies;

/// <summary>
/// A state in a body. A string is its key; any other JSON describes it, and its key is the SHA-256 of the canonical form. Both together are
/// <c>{"$key": …, "$json": …}</c>.
/// </summary>
[JsonConverter(typeof(StateValueConverter))]
internal readonly record struct StateValue(State State);

/// <summary>Reads <see cref="StateValue"/>.</summary>
internal sealed class StateValueConverter : JsonConverter<StateValue>
{
    public override StateValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        KeyOrJson.Read(ref reader) switch
        {
            { Key: { } key, Json: null } => new(State.FromKey(key)),
            { Key: { } key, Json: var json } => new(new State(StateKey.Parse(key), json)),
            { Json: var json } => new(State.FromJson(json!)),
        };

    public override void Write(Utf8JsonWriter writer, StateValue value, JsonSerializerOptions options) =>
        KeyOrJson.Write(writer, value.State.Key.ToString(), value.State.Json);
}
