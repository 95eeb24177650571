using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol;

namespace QLearning.Mcp;

/// <summary>How arguments and answers are written: camel case, enumerations as texts, numbers as numbers.</summary>
internal static class McpJson
{
    public static JsonSerializerOptions Options { get; } = Create();

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
        options.MakeReadOnly();
        return options;
    }
}
