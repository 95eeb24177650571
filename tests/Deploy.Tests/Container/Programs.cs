namespace QLearning.Deploy.Tests.Container;

/// <summary>The programs of others that these tests run.</summary>
internal static class Programs
{
    // Debian has PgBouncer where only root looks.
    private static readonly string[] _folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];

    /// <summary>The path of a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="package">The package of Debian that has it.</param>
    /// <exception cref="FileNotFoundException">It is not installed.</exception>
    public static string Find(string name, string package) =>
        _folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException(
            $"{name} is not installed, so this test cannot run. './qlearn test' installs it where it may; "
            + $"else: sudo apt-get install {package}");
}
