using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using QLearning.Abstractions;

namespace QLearning.Mcp;

/// <summary>How arguments and answers are written: camel case, enumerations as texts, numbers as numbers.</summary>
internal static class McpJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>How schemas are made: a number with a converter has no type of itself.</summary>
    public static AIJsonSchemaCreateOptions Schemas { get; } = new()
    {
        TransformSchemaNode = static (context, schema) =>
        {
            if (Nullable.GetUnderlyingType(context.TypeInfo.Type) == typeof(double))
            {
                return WithType(schema, new JsonArray("number", "null"));
            }

            return context.TypeInfo.Type == typeof(double) ? WithType(schema, JsonValue.Create("number")) : schema;
        },
    };

    private static JsonObject WithType(JsonNode schema, JsonNode type)
    {
        var typed = schema as JsonObject ?? [];
        typed["type"] = type;
        return typed;
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(McpJsonUtilities.DefaultOptions)
        {
            NumberHandling = JsonNumberHandling.Strict,
            // Answers have all that their schemas require.
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        };
        // Before the one that is there, which writes names as they are in C#.
        options.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new DoubleJsonConverter());
        options.MakeReadOnly();
        return options;
    }
}
