namespace QLearning.Testing;

/// <summary>A folder of its own below the system's temporary one, deleted with all it holds.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("qlearning-test-").FullName;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>The path of something in it.</summary>
    /// <param name="name">The name, which may have several parts.</param>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
