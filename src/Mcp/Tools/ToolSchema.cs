using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Server;

namespace QLearning.Mcp.Tools;

/// <summary>
/// Makes the schemas of arguments as plain as language models and their clients need them: one type each, no null, no names beside those
/// that are listed. What may be left out is what is not required.
/// </summary>
internal static class ToolSchema
{
    public static void Simplify(IEnumerable<McpServerTool> tools)
    {
        foreach (var tool in tools)
        {
            var schema = JsonObject.Create(tool.ProtocolTool.InputSchema)!;
            foreach (var (_, property) in schema["properties"]!.AsObject())
            {
                Simplify(property!.AsObject());
            }

            schema["additionalProperties"] = false;
            tool.ProtocolTool.InputSchema = JsonSerializer.SerializeToElement(schema);
        }
    }

    private static void Simplify(JsonObject property)
    {
        if (property["type"] is JsonArray types)
        {
            property["type"] = types.Select(type => type!.GetValue<string>()).First(type => type != "null");
        }

        if (property.TryGetPropertyValue("default", out var value) && value is null)
        {
            property.Remove("default");
        }

        if (property["items"] is JsonObject items)
        {
            Simplify(items);
        }
    }
}
