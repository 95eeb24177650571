using System.Diagnostics;
using System.Globalization;

namespace QLearning.Postgres;

/// <summary>The server process that a data folder's <c>postmaster.pid</c> speaks of.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Port">Its port, 0 when the file does not tell it (yet).</param>
/// <param name="IsOurs">Whether this program started it, and no other.</param>
internal sealed record Postmaster(int ProcessId, int Port, bool IsOurs)
{
    /// <summary>Goes on the server's command line, which PostgreSQL keeps in <c>postmaster.opts</c>: how we know our own again.</summary>
    public const string Mark = "cluster_name=" + EmbeddedConnection.Name;

    private const int PortLine = 3;
    private const int NoSuchProcess = 3;

    public static string PidFile(string dataFolder) => Path.Combine(dataFolder, "postmaster.pid");

    /// <summary>The server that runs on a data folder, or null when none does, whatever a left-over file says.</summary>
    public static Postmaster? FindAlive(string dataFolder)
    {
        var lines = LinesOf(PidFile(dataFolder));
        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !IsServerOf(pid, dataFolder))
        {
            return null;
        }

        var port = lines.Length > PortLine
            && int.TryParse(lines[PortLine], NumberStyles.None, CultureInfo.InvariantCulture, out var p)
                ? p
                : 0;
        var options = LinesOf(Path.Combine(dataFolder, "postmaster.opts"));
        return new Postmaster(pid, port, options.Any(o => o.Contains($"\"{Mark}\"", StringComparison.Ordinal)));
    }

    private static string[] LinesOf(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsServerOf(int pid, string dataFolder) =>
        OperatingSystem.IsLinux() ? IsServerByProc(pid, dataFolder) : IsServerByName(pid);

    private static bool IsServerByName(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName == "postgres";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A process id may have gone to another program since, even to another server; a zombie is a dead server that was not reaped.
    private static bool IsServerByProc(int pid, string dataFolder)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        string stat;
        try
        {
            stat = File.ReadAllText(folder + "/stat");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
        {
            return false;
        }

        var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
        var state = stat[stat.LastIndexOf(')') + 2];
        return name == "postgres" && state is not ('Z' or 'X') && WorksIn(folder, dataFolder);
    }

    // A server works in its data folder. Where a container keeps root from looking, the name has to do; a server that
    // another user may not look at is another user's, and so are its data.
    private static bool WorksIn(string procFolder, string dataFolder) =>
        new FileInfo(procFolder + "/cwd").LinkTarget is { } at ? at == RealPath(dataFolder) : Environment.IsPrivilegedProcess;

    private static string RealPath(string folder)
    {
        var path = "/";
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            path = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }

        return path;
    }
}
