using System.Text.Json.Nodes;

namespace QLearning.Http.Tests;

/// <summary>What is named in addresses and queries is what bodies and the OpenAPI document name.</summary>
[Collection(ServerTests.Name)]
public sealed class AddressTests(ServerFixture server)
{
    private const string Type = "/v1/agent-types/chaos-engineer";

    [Fact]
    public async Task Every_choice_that_the_OpenAPI_document_names_is_taken()
    {
        using var api = server.Api;
        var document = JsonNode.Parse((await api.SendAsync("GET", "/openapi/v1.json")).Text)!;
        var tried = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                foreach (var parameter in operation!["parameters"]?.AsArray() ?? [])
                {
                    var schema = parameter!["schema"]!["$ref"]?.GetValue<string>().Split('/')[^1];
                    var names = schema is null ? null : document["components"]!["schemas"]![schema]!["enum"]?.AsArray();
                    foreach (var name in names?.Where(name => name is not null) ?? [])
                    {
                        var (given, where) = (parameter["name"]!.GetValue<string>(), parameter["in"]!.GetValue<string>());
                        var address = path.Replace("{agentType}", Type.Split('/')[^1], StringComparison.Ordinal);
                        address = where == "path"
                            ? address.Replace($"{{{given}}}", $"{name}", StringComparison.Ordinal)
                            : $"{address}?{given}={name}";
                        await api.GetAsync(method.ToUpperInvariant(), address);
                        tried++;
                    }
                }
            }
        }

        Assert.True(tried >= 15, $"{tried} choices were tried.");
    }

    [Theory]
    [InlineData("GET", $"{Type}/states?order=9")]
    [InlineData("GET", $"{Type}/states?order=0")]
    [InlineData("GET", $"{Type}/states?order=BestValue")]
    [InlineData("GET", $"{Type}/states?order=")]
    [InlineData("POST", "/v1/maintenance/0/run")]
    [InlineData("POST", "/v1/maintenance/nothing/run")]
    [InlineData("GET", $"{Type}/patterns")]
    [InlineData("GET", $"{Type}/states?agentType=other")]
    [InlineData("GET", $"{Type}/states?types=1")]
    [InlineData("GET", $"{Type}/states?cancellationToken=1")]
    public async Task Other_choices_and_names_are_refused(string method, string address)
    {
        using var api = server.Api;
        (await api.SendAsync(method, address)).IsProblem(HttpStatusCode.BadRequest, "invalid-input");
    }

    [Fact]
    public async Task A_name_with_a_slash_is_the_same_in_an_address_and_in_a_body()
    {
        using var api = server.Api;
        foreach (var state in new[] { "src/a.cs", "src%2Fa.cs", "a b/ü%" })
        {
            await api.GetAsync("POST", $"{Type}/learn", JsonSerializer.Serialize(new { state, action = "kill", reward = 1, done = true }));
            Assert.Equal(1, await api.VisitsAsync("chaos-engineer", Uri.EscapeDataString(state)));
        }

        await api.GetAsync("DELETE", $"{Type}/states/src%2fa.cs");
        Assert.Equal(0, await api.VisitsAsync("chaos-engineer", "src%2Fa.cs"));
        Assert.Equal(1, await api.VisitsAsync("chaos-engineer", "src%252Fa.cs"));
    }

    [Fact]
    public async Task An_OpenAPI_document_of_another_version_is_an_unknown_route()
    {
        using var api = server.Api;
        (await api.SendAsync("GET", "/openapi/v2.json")).IsProblem(HttpStatusCode.NotFound, "unknown-route");
    }
}
