using System.Xml.Linq;
using QLearning.Testing;

namespace QLearning.Architecture.Tests;

/// <summary>The files that these tests read.</summary>
internal static class SourceFiles
{
    /// <summary>The projects of <c>src</c>, by the names of their folders.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. Directory.GetDirectories(Path.Combine(Repository.Root, "src"))
            .Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The file of a project.</summary>
    public static XDocument ProjectFile(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, $"QLearning.{project}.csproj"));

    /// <summary>The name of a project's assembly.</summary>
    public static string AssemblyName(string project) =>
        ProjectFile(project).Descendants("AssemblyName").SingleOrDefault()?.Value ?? $"QLearning.{project}";

    /// <summary>All files of C# but those that a build has made.</summary>
    public static IReadOnlyList<string> CSharpFiles() =>
    [
        .. Directory.GetFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj"]).Any())
            .Order(StringComparer.Ordinal),
    ];
}
