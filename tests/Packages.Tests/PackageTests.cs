using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using QLearning.Testing;
using QLearning.TestingHost;

namespace QLearning.Packages.Tests;

/// <summary>What is packed can be used by a project that has nothing else.</summary>
public sealed class PackageTests(PackedFolder packed) : IClassFixture<PackedFolder>
{
    private const long LargestTool = 16_000_000;

    private static readonly string[] _libraries =
    [
        "QLearning.Abstractions", "QLearning.Client", "QLearning.Grains", "QLearning.Http", "QLearning.Learning", "QLearning.Mcp",
        "QLearning.Postgres", "QLearning.Silo", "QLearning.Storage", "QLearning.TestingHost",
    ];

    [Fact]
    public void The_libraries_and_the_tool_are_packages_and_nothing_else_is()
    {
        var files = Directory.GetFiles(packed.Packages).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
        var expected = _libraries.Append("qlearn").SelectMany(id => new[] { packed.FileOf(id), packed.FileOf(id, "snupkg") })
            .Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);
        Assert.Equal(expected, files);
    }

    [Fact]
    public void Each_package_has_what_a_reader_of_a_gallery_wants_to_know()
    {
        Assert.All(_libraries.Append("qlearn"), id =>
        {
            using var package = ZipFile.OpenRead(packed.FileOf(id));
            using var stream = package.GetEntry($"{id}.nuspec")!.Open();
            var facts = XDocument.Load(stream).Root!.Elements().Single().Elements()
                .ToDictionary(element => element.Name.LocalName, element => element.Value);
            Assert.Equal("MIT", facts["license"]);
            Assert.NotEqual("Package Description", facts["description"]);
            Assert.InRange(package.GetEntry(facts["icon"])!.Length, 1, 1_000_000);
            Assert.True(package.GetEntry(facts["readme"])!.Length > 0);
            using var symbols = ZipFile.OpenRead(packed.FileOf(id, "snupkg"));
            Assert.Contains(symbols.Entries, entry => entry.Name == $"{id}.pdb");
        });
    }

    [Fact]
    public void The_tool_has_no_benchmarks_compilers_or_rivals_in_it()
    {
        using var tool = ZipFile.OpenRead(packed.FileOf("qlearn"));
        var names = tool.Entries.Select(entry => entry.Name).ToList();
        Assert.Contains("qlearn.dll", names);
        Assert.DoesNotContain(names, name => Regex.IsMatch(
            name, "bench|CodeAnalysis|Garnet|Redis|xunit|Testing", RegexOptions.IgnoreCase));
        Assert.InRange(new FileInfo(packed.FileOf("qlearn")).Length, 1, LargestTool);
    }

    [Fact]
    public async Task The_example_of_the_README_learns_in_a_project_that_has_the_client_alone()
    {
        var program = await packed.BuildProgramAsync("Example", "QLearning.Client", ExampleOf("README.md"));
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.ConnectClient = false);
        var said = await DotNet.RunAsync(
            packed.At("Example"),
            new Dictionary<string, string> { ["ConnectionStrings__QLearning"] = cluster.ConnectionString },
            "dotnet", program);

        Assert.StartsWith("Best action: \"use_property_based\" with Q-value 12", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_guide_to_testing_starts_a_cluster_in_a_project_that_has_the_testing_host_alone()
    {
        var source = ExampleOf("docs/testing.md") + "\nConsole.WriteLine(learned);\n";
        var program = await packed.BuildProgramAsync("Tested", "QLearning.TestingHost", source);
        var said = await DotNet.RunAsync(packed.At("Tested"), "dotnet", program);

        Assert.Contains("VisitCount = 1", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/Client/README.md", "README.md")]
    [InlineData("src/TestingHost/README.md", "docs/testing.md")]
    public void The_README_of_a_package_has_the_example_that_is_tested(string readme, string tested) =>
        Assert.Equal(ExampleOf(tested), ExampleOf(readme));

    [Fact]
    public async Task The_tool_is_installed_and_says_its_version_and_commands()
    {
        await DotNet.RunAsync(
            packed.Packages, "dotnet", "tool", "install", "qlearn", "--version", packed.Version,
            "--tool-path", packed.At("tool"), "--add-source", packed.Packages);

        var tool = Path.Combine(packed.At("tool"), "qlearn");
        Assert.Matches(@"^\d+\.\d+\.\d+", await DotNet.RunAsync(packed.Packages, tool, "--version"));
        Assert.Contains("serve", await DotNet.RunAsync(packed.Packages, tool, "--help"), StringComparison.Ordinal);
    }

    /// <summary>The first program in C# of a guide.</summary>
    private static string ExampleOf(string guide) => Regex.Match(
        File.ReadAllText(Path.Combine(Repository.Root, guide)), "^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)
        .Groups[1].Value;
}
