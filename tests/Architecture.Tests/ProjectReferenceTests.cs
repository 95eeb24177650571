using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using QLearning.Testing;

namespace QLearning.Architecture.Tests;

/// <summary>
/// Which project knows which, by what project files say and by what the compiler wrote into the assemblies. The arrows are those of
/// CONTRIBUTING.md; a new one needs a reason there first.
/// </summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> _arrows = new()
    {
        ["Abstractions"] = [],
        ["Learning"] = ["Abstractions"],
        ["Storage"] = ["Abstractions"],
        ["Postgres"] = ["Abstractions"],
        ["Client"] = ["Abstractions"],
        ["Grains"] = ["Abstractions", "Client", "Learning", "Storage"],
        ["Http"] = ["Abstractions", "Client"],
        ["Mcp"] = ["Abstractions", "Client"],
        ["Web"] = ["Abstractions", "Client"],
        ["Silo"] = ["Abstractions", "Client", "Grains", "Http", "Mcp", "Postgres", "Storage", "Web"],
        ["Cli"] = ["Abstractions", "Client", "Learning", "Postgres", "Silo", "Storage"],
        ["TestingHost"] = ["Abstractions", "Client", "Postgres", "Silo", "Storage"],
    };

    public static TheoryData<string> Projects() => [.. SourceFiles.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_those_that_it_may(string project)
    {
        var named = SourceFiles.ProjectFile(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFullPath(Path.Combine(Repository.Root, "src", project, reference.Attribute("Include")!.Value)))
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!));
        Assert.Empty(named.Except(_arrows[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_uses_only_those_that_its_project_may(string project)
    {
        var allowed = _arrows[project].Where(SourceFiles.Projects.Contains).Select(SourceFiles.AssemblyName);
        Assert.Empty(OwnReferences(SourceFiles.AssemblyName(project)).Except(allowed));
    }

    [Theory]
    [InlineData("Grains", "QLearning.Storage")]
    [InlineData("Cli", "QLearning.Silo")]
    public void References_are_read_from_assemblies(string project, string expected) =>
        Assert.Contains(expected, OwnReferences(SourceFiles.AssemblyName(project)));

    [Fact]
    public void A_project_sees_no_project_that_it_does_not_name()
    {
        var settings = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Equal("true", settings.Descendants("DisableTransitiveProjectReferences").Single().Value);
        Assert.All(
            SourceFiles.Projects,
            project => Assert.Empty(SourceFiles.ProjectFile(project).Descendants("DisableTransitiveProjectReferences")));
    }

    /// <summary>The assemblies of this repository that an assembly refers to.</summary>
    private static List<string> OwnReferences(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")));
        var metadata = file.GetMetadataReader();
        return
        [
            .. metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
                .Where(
                    name => name.StartsWith("QLearning.", StringComparison.Ordinal) || name.StartsWith("qlearn", StringComparison.Ordinal)),
        ];
    }
}
