using System.Text.Json;
using ModelContextProtocol.Protocol;
using QLearning.Abstractions;

namespace QLearning.Mcp.Errors;

/// <summary>Holds the arguments of a call against the tool's schema before anything is done.</summary>
internal static class ToolArguments
{
    /// <exception cref="InvalidInputException">One is missing, not known, of another type or not one of an enumeration.</exception>
    public static void Require(Tool tool, IDictionary<string, JsonElement>? arguments)
    {
        var properties = tool.InputSchema.GetProperty("properties");
        string[] required = tool.InputSchema.TryGetProperty("required", out var names)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : [];
        arguments ??= new Dictionary<string, JsonElement>();
        foreach (var (name, value) in arguments)
        {
            if (!properties.TryGetProperty(name, out var schema))
            {
                throw InvalidInputException.For(
                    "argument", name, $"{tool.Name} has none of this name",
                    string.Join(", ", properties.EnumerateObject().Select(property => property.Name)));
            }

            // Many callers send null for what they leave out.
            if (value.ValueKind != JsonValueKind.Null || required.Contains(name))
            {
                Value(name, value, schema);
            }
        }

        if (required.FirstOrDefault(name => !arguments.ContainsKey(name)) is { } missing)
        {
            throw new InvalidInputException(
                $"The argument '{missing}' of {tool.Name} is missing. Send it: {DescriptionOf(properties.GetProperty(missing))}");
        }
    }

    private static void Value(string name, JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type) && !Fits(value, type.GetString()!))
        {
            throw InvalidInputException.For(
                $"argument {name}", value.GetRawText(), $"it is JSON of the type {NameOf(value)}",
                $"{type.GetString()}, {DescriptionOf(schema).TrimEnd('.')}");
        }

        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        {
            throw InvalidInputException.For(
                $"argument {name}", value.GetRawText(), "it is none of its values", string.Join(", ", values.EnumerateArray()));
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
            {
                Value(name, item, items);
            }
        }
    }

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => NameOf(value) == type,
    };

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string DescriptionOf(JsonElement schema) =>
        schema.TryGetProperty("description", out var description) ? description.GetString()! : "see the tool's input schema.";
}
