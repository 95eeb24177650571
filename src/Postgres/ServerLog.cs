namespace QLearning.Postgres;

/// <summary>The log file of the private PostgreSQL: kept small, and read back to say why a start failed.</summary>
internal sealed class ServerLog(string path)
{
    private const long LargestBytes = 8 << 20;
    private const int TailLines = 12;
    private const int LastLines = 4;
    private const int TailBytes = 16 << 10;
    private static readonly string[] _ends = ["PANIC:", "FATAL:", "No space left on device"];
    private long _start;

    public string Path => path;

    /// <summary>Makes the file for its owner only, sets a large one aside, and remembers where the next start's lines begin.</summary>
    public void Begin()
    {
        var file = new FileInfo(path);
        if (file.Exists && file.Length > LargestBytes)
        {
            File.Move(path, path + ".old", overwrite: true);
        }

        using var opened = OwnerOnly.OpenForWriting(path, FileMode.Append);
        _start = opened.Length;
    }

    /// <summary>The last lines since <see cref="Begin"/>.</summary>
    public string Tail()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Max(_start, file.Length - TailBytes);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(TailLines));
    }

    /// <summary>The last line in which the server said why it ends, else the last line; empty when there is none.</summary>
    public string LastWords()
    {
        if (!File.Exists(path))
        {
            return string.Empty;
        }

        string[] lines = [.. Tail().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        return lines.TakeLast(LastLines).LastOrDefault(line => _ends.Any(end => line.Contains(end, StringComparison.Ordinal)))
            ?? lines.LastOrDefault()
            ?? string.Empty;
    }
}
