using System.Reflection;
using System.Text.RegularExpressions;
using QLearning.Http.OpenApi;
using QLearning.Http.Problems;

namespace QLearning.Http.Tests;

/// <summary>The OpenAPI document is the one that was agreed on, says all that callers need, and its examples work.</summary>
[Collection(ServerTests.Name)]
public sealed partial class DocumentTests(ServerFixture server)
{
    private const string Variable = "QLEARNING_UPDATE_OPENAPI";

    private static readonly string _root = typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public async Task The_document_is_the_committed_one()
    {
        using var api = server.Api;
        var now = (await api.SendAsync("GET", "/openapi/v1.json")).Text.ReplaceLineEndings("\n") + "\n";
        var path = Path.Combine(_root, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            await File.WriteAllTextAsync(path, now);
        }

        Assert.True(
            File.Exists(path) && now == await File.ReadAllTextAsync(path),
            $"The API differs from docs/openapi.json. If that is wanted: {Variable}=1 dotnet test tests/Http.Tests, and commit the file.");
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_its_errors_and_an_example_of_its_body()
    {
        var operations = await OperationsAsync();
        Assert.True(operations.Count > 50, $"There are {operations.Count} operations.");
        foreach (var (method, path, operation) in operations)
        {
            var name = $"{method} {path}";
            Assert.True(operation.GetProperty("summary").GetString()!.Length > 5, name);
            Assert.True(operation.GetProperty("description").GetString()!.Contains("Scope: ", StringComparison.Ordinal), name);
            Assert.True(operation.GetProperty("responses").TryGetProperty("503", out _), name);
            if (operation.TryGetProperty("requestBody", out var body))
            {
                Assert.True(body.GetProperty("content").EnumerateObject().All(type => type.Value.TryGetProperty("example", out _)), name);
            }
        }
    }

    [Fact]
    public async Task Every_example_is_understood()
    {
        using var api = server.Api;
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            if (!operation.TryGetProperty("requestBody", out var body)
                || !body.GetProperty("content").TryGetProperty("application/json", out var json))
            {
                continue;
            }

            var address = path
                .Replace("{agentType}", "test-generator", StringComparison.Ordinal)
                .Replace("{agent}", "example", StringComparison.Ordinal)
                .Replace("{step}", "0", StringComparison.Ordinal);
            address = Parameter().Replace(address, "0198c0de-0000-7000-8000-000000000001");
            var reply = await api.SendAsync(method, address, json.GetProperty("example").GetRawText());
            Assert.True(
                (int)reply.Status is 200 or 404 or 409 || reply.Text.Contains("already", StringComparison.Ordinal)
                || reply.Text.Contains("never learned", StringComparison.Ordinal),
                $"{method} {address}: {reply.Text}");
        }
    }

    [Fact]
    public async Task The_guide_lists_exactly_the_problems_that_there_are()
    {
        var listed = Problem().Matches(await File.ReadAllTextAsync(Path.Combine(_root, "docs", "http.md")))
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}");
        Assert.Equal(ProblemTypes.All.Select(type => $"{type.Name} {type.Status}"), listed);
    }

    [Fact]
    public async Task The_reference_page_is_served()
    {
        using var api = server.Api;
        var page = await api.SendAsync("GET", "/docs");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.Type));
        Assert.NotEmpty(Examples.Requests);
    }

    private async Task<List<(string Method, string Path, JsonElement Operation)>> OperationsAsync()
    {
        using var api = server.Api;
        var document = await api.GetAsync("GET", "/openapi/v1.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        return
        [
            .. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
                .Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value))),
        ];
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\| `([a-z-]+)` \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Problem();
}
