using System.Text.Json;
using System.Text.Json.Nodes;

namespace QLearning.Bench.HttpFuzz;

/// <summary>One operation of the OpenAPI document: what a request of it may have.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its address, with parameters in braces.</param>
/// <param name="Query">The names in its query.</param>
/// <param name="MediaType">The type of its body; null: it has none.</param>
/// <param name="Example">An example of its body.</param>
internal sealed record FuzzOperation(string Id, string Method, string Path, IReadOnlyList<string> Query, string? MediaType, string? Example)
{
    /// <summary>All operations of a document.</summary>
    public static FuzzOperation[] Read(string document)
    {
        using var json = JsonDocument.Parse(document);
        return
        [
            .. from path in json.RootElement.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               select Read(operation.Name, path.Name, operation.Value),
        ];
    }

    private static FuzzOperation Read(string method, string path, JsonElement operation)
    {
        string[] query = operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "query")
                .Select(one => one.GetProperty("name").GetString()!)]
            : [];
        var (mediaType, example) = ((string?)null, (string?)null);
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var content = body.GetProperty("content").EnumerateObject().First();
            (mediaType, example) = (content.Name, content.Value.GetProperty("example").GetRawText());
            // A line of a stream is one line.
            example = JsonNode.Parse(example)!.ToJsonString();
        }

        return new FuzzOperation(
            operation.GetProperty("operationId").GetString()!, method.ToUpperInvariant(), path, query, mediaType, example);
    }
}
