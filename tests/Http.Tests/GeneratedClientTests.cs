using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace QLearning.Http.Tests;

/// <summary>A client that NSwag makes from the OpenAPI document compiles, and its calls are understood.</summary>
[Collection(ServerTests.Name)]
public sealed class GeneratedClientTests(ServerFixture server)
{
    private const string Type = "coverage-analyzer";

    [Fact]
    public async Task A_generated_client_learns_and_asks()
    {
        var client = Compile(await GenerateAsync());
        using var http = new HttpClient();
        dynamic api = Activator.CreateInstance(
            client.GetType("Generated.Client", throwOnError: true)!, server.Silo.HttpUrl!.ToString(), http)!;
        dynamic step = New("LearnBody");
        (step.State, step.Action, step.Reward, step.Done) = (New("StateValue"), New("ActionValue"), 1.5, true);
        step.State.AdditionalProperties["coverage_gap"] = 30;
        step.Action.AdditionalProperties["tool"] = "scan";
        var learned = await api.LearnAsync(Type, Guid.NewGuid().ToString(), step);
        Assert.Equal(1, (int)learned.VisitCount);
        var best = await api.GetBestActionOfKeyAsync(Type, StateKey.FromJson("""{"coverage_gap":30}""").ToString());
        Assert.Equal(ActionKey.FromJson("""{"tool":"scan"}""").ToString(), (string)best.Best.Action.Key);
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await api.GetAgentTypeAsync("no-such-type"));
        Assert.StartsWith("404 ", ProblemOf(refused), StringComparison.Ordinal);
        Assert.Contains("'no-such-type'", ProblemOf(refused), StringComparison.Ordinal);

        dynamic New(string name) => Activator.CreateInstance(client.GetType($"Generated.{name}", throwOnError: true)!)!;
    }

    // Problem documents are read as the document describes them, the kind of problem among its values.
    private static string ProblemOf(dynamic error) => $"{error.StatusCode} {error.Result.Type} {error.Result.Detail}";

    private static async Task<string> GenerateAsync()
    {
        var root = typeof(GeneratedClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var document = await OpenApiDocument.FromFileAsync(Path.Combine(root, "docs", "openapi.json"));
        var settings = new CSharpClientGeneratorSettings { ClassName = "Client" };
        settings.CSharpGeneratorSettings.Namespace = "Generated";
        return new CSharpClientGenerator(document, settings).GenerateFile();
    }

    private static Assembly Compile(string code)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(file) is "netstandard.dll" or "mscorlib.dll" or "Newtonsoft.Json.dll");
        using var compiled = new MemoryStream();
        var result = CSharpCompilation.Create(
            "generated",
            [CSharpSyntaxTree.ParseText(code)],
            platform.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(compiled);
        Assert.True(
            result.Success, string.Join('\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(20)));
        return Assembly.Load(compiled.ToArray());
    }
}
