using System.Reflection;

namespace QLearning.Cli.Tests;

/// <summary>The programs under samples/, each built in its own folder: they run without what the silo needs.</summary>
internal static class SamplePrograms
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = typeof(SamplePrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>A sample's program, of the same configuration and framework as the tests.</summary>
    public static string PathOf(string sample)
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(Root, "samples", sample, "bin", framework.Parent!.Name, framework.Name, $"{sample}.dll");
    }
}
