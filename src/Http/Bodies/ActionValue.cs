using System.Text.Json;
using System.Text.Json.Serialization;
using QLearning.Abstractions;

namespace QLearning.Http.Bodies;

/// <summary>
/// An action in a body. A string is its name, which is its key too; any other JSON describes it, and its key is the SHA-256 of the
/// canonical form. Both together are <c>{"$key": …, "$json": …}</c>.
/// </summary>
[JsonConverter(typeof(ActionValueConverter))]
internal readonly record struct ActionValue(AgentAction Action);

/// <summary>Reads <see cref="ActionValue"/>.</summary>
internal sealed class ActionValueConverter : JsonConverter<ActionValue>
{
    public override ActionValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        KeyOrJson.Read(ref reader) switch
        {
            { Key: { } key, Json: null } => new(AgentAction.Named(key)),
            { Key: { } key, Json: var json } => new(new AgentAction(ActionKey.Parse(key), json)),
            { Json: var json } => new(AgentAction.FromJson(json!)),
        };

    public override void Write(Utf8JsonWriter writer, ActionValue value, JsonSerializerOptions options) =>
        KeyOrJson.Write(writer, value.Action.Key.ToString(), value.Action.Json);
}
