namespace QLearning.Deploy.Tests;

/// <summary>The files that these tests read.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file by its name from the root.</summary>
    public static string At(string name) => Path.GetFullPath(Path.Combine(Root, name));

    /// <summary>The text of a file by its name from the root.</summary>
    public static string Read(string name) => File.ReadAllText(At(name));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "QLearning.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"There is no solution above {AppContext.BaseDirectory}.");
    }
}
