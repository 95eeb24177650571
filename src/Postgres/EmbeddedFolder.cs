using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>The files of one private PostgreSQL: its data, password, port, log and locks.</summary>
internal sealed class EmbeddedFolder
{
    private const int PasswordBytes = 24;

    public EmbeddedFolder(string path) => Root = Path.GetFullPath(path);

    public string Root { get; }

    /// <summary>PostgreSQL's data folder.</summary>
    public string Data => Path.Combine(Root, "postgres");

    /// <summary>Where a data folder is made before it takes its name, so that a half-made one is never taken for data.</summary>
    public string Unfinished => Path.Combine(Root, "postgres.new");

    public string Log => Path.Combine(Root, "postgres.log");

    /// <summary>Shared by all who use the server; the last one out stops it.</summary>
    public string UseLock => Path.Combine(Root, "use.lock");

    /// <summary>Held by who decides to start or to stop the server.</summary>
    public string DecisionLock => Path.Combine(Root, "decision.lock");

    public bool HasData => File.Exists(VersionFile);

    private string PasswordFile => Path.Combine(Root, "password");

    private string PortFile => Path.Combine(Root, "port");

    private string VersionFile => Path.Combine(Data, "PG_VERSION");

    /// <summary>Makes the folder, for its owner only, unless it exists.</summary>
    public void Create()
    {
        if (File.Exists(Root))
        {
            throw InvalidInputException.For("data folder", Root, "it is a file", "a folder, or a path where one can be made");
        }

        OwnerOnly.CreateFolder(Root);
    }

    /// <summary>The major version of PostgreSQL that wrote the data, or null when there are none yet.</summary>
    public int? DataMajor()
    {
        if (!HasData)
        {
            return null;
        }

        var text = File.ReadAllText(VersionFile).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw InvalidInputException.For("data folder", Data, $"its file PG_VERSION says '{text}'", "data that PostgreSQL wrote");
    }

    public void MakeUnfinished()
    {
        if (Directory.Exists(Unfinished))
        {
            Directory.Delete(Unfinished, recursive: true);
        }

        if (Directory.Exists(Data))
        {
            throw InvalidInputException.For("data folder", Data, "it exists but has no PG_VERSION, so it is not PostgreSQL's",
                "data that PostgreSQL wrote, or no such folder");
        }

        OwnerOnly.CreateFolder(Unfinished);
    }

    public void Finish() => Directory.Move(Unfinished, Data);

    /// <summary>The password; null when the file is missing.</summary>
    public string? ReadPassword() => File.Exists(PasswordFile) ? File.ReadAllText(PasswordFile).Trim() : null;

    /// <summary>The password, made up now if there is none yet.</summary>
    public string EnsurePassword()
    {
        if (ReadPassword() is { Length: > 0 } existing)
        {
            return existing;
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        WriteWhole(PasswordFile, password);
        return password;
    }

    /// <summary>The port of the last start, or null.</summary>
    public int? ReadPort() =>
        File.Exists(PortFile)
        && int.TryParse(File.ReadAllText(PortFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : null;

    public void WritePort(int port) => WriteWhole(PortFile, port.ToString(CultureInfo.InvariantCulture));

    // A crash in the middle of writing must not leave half a password: the file takes its name when it is complete.
    private static void WriteWhole(string path, string text)
    {
        using (var file = OwnerOnly.OpenForWriting(path + ".new", FileMode.Create))
        {
            file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
