namespace QLearning.Deploy.Tests;

/// <summary>The files that these tests read.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root => Testing.Repository.Root;

    /// <summary>The path of a file by its name from the root.</summary>
    public static string At(string name) => Path.GetFullPath(Path.Combine(Root, name));

    /// <summary>The text of a file by its name from the root.</summary>
    public static string Read(string name) => File.ReadAllText(At(name));
}
