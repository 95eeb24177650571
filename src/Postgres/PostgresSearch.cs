using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>Looks for the server programs of PostgreSQL where distributions put them.</summary>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="root">The root of the file system; tests bring their own.</param>
/// <param name="time">Bounds the time a program may take to tell its version.</param>
internal sealed partial class PostgresSearch(Func<string, string?> variable, string root, TimeProvider time)
{
    private static readonly string[] _programs = ["initdb", "postgres", "pg_ctl"];
    private static readonly TimeSpan _versionLimit = TimeSpan.FromMinutes(1);

    // Parent folders, the part of a child's name before its version, and what follows it.
    private static readonly (string Parent, string Prefix, string Suffix)[] _versioned =
    [
        ("usr/lib/postgresql", "", "bin"),
        ("usr", "pgsql-", "bin"),
        ("usr/libexec", "postgresql", ""),
        ("opt/homebrew/opt", "postgresql@", "bin"),
        ("usr/local/opt", "postgresql@", "bin"),
        ("home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
        ("Applications/Postgres.app/Contents/Versions", "", "bin"),
    ];

    private static readonly string[] _plain = ["usr/bin", "usr/local/bin", "usr/local/pgsql/bin", "opt/homebrew/bin"];

    public async Task<PostgresBinaries> FindAsync(int? major, CancellationToken ct)
    {
        var report = new StringBuilder();
        var named = variable(PostgresBinaries.Variable);
        foreach (var folder in string.IsNullOrEmpty(named) ? Candidates() : [named])
        {
            var (binaries, problem) = await TryAsync(folder, major, ct);
            if (binaries is not null)
            {
                return binaries;
            }

            report.Append("\n  ").Append(folder).Append(": ").Append(problem);
        }

        throw new StorageUnavailableException(Explain(named, major, report.ToString()));
    }

    /// <summary>Folders to look into, best first, each once: PATH, then the newest version of each distribution's place.</summary>
    internal IEnumerable<string> Candidates() =>
        (variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(p => File.Exists(Path.Combine(p, "initdb")))
            .Concat(_versioned.SelectMany(Versions))
            .Concat(_plain.Select(p => Path.Combine(root, p)))
            .Distinct(StringComparer.Ordinal);

    private static async Task<int?> MajorAsync(string postgres, TimeProvider time, CancellationToken ct)
    {
        var run = await ToolRun.RunAsync([postgres, "--version"], "", _versionLimit, time, ct);
        var match = VersionPattern().Match(run.Output);
        return run.Succeeded && match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    private static string Explain(string? named, int? major, string report)
    {
        var wanted = major is { } m
            ? string.Create(CultureInfo.InvariantCulture, $"version {m} (the data were written by it)")
            : string.Create(CultureInfo.InvariantCulture, $"version {PostgresBinaries.OldestMajor} or newer");
        var remedy = string.IsNullOrEmpty(named)
            ? $"Install it: {InstallLine(major)}. Or set {PostgresBinaries.Variable} to its folder, "
                + $"or ConnectionStrings__QLearning to a server that runs already."
            : $"{PostgresBinaries.Variable} names this folder; correct it, or unset it to search PATH and the usual folders.";
        return $"The programs initdb, postgres and pg_ctl of PostgreSQL {wanted} were not found. Looked into:{report}\n{remedy}";
    }

    private static string InstallLine(int? major) => (OperatingSystem.IsMacOS(), File.Exists("/usr/bin/dnf"), major) switch
    {
        (true, _, { } m) => string.Create(CultureInfo.InvariantCulture, $"brew install postgresql@{m}"),
        (true, _, null) => "brew install postgresql@17",
        (_, true, _) => "sudo dnf install -y postgresql-server",
        (_, _, { } m) => string.Create(CultureInfo.InvariantCulture, $"sudo apt-get install -y postgresql-{m}"),
        _ => "sudo apt-get install -y postgresql",
    };

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionPattern();

    private IEnumerable<string> Versions((string Parent, string Prefix, string Suffix) place)
    {
        var parent = Path.Combine(root, place.Parent);
        return Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, place.Prefix + "*")
                .Select(child => (Child: child, Version: VersionOf(Path.GetFileName(child)[place.Prefix.Length..])))
                .Where(c => c.Version is not null)
                .OrderByDescending(c => c.Version)
                .Select(c => Path.Combine(c.Child, place.Suffix))
            : [];
    }

    private static double? VersionOf(string name) =>
        double.TryParse(name, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : null;

    private async Task<(PostgresBinaries? Binaries, string Problem)> TryAsync(string folder, int? major, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
        {
            return (null, "no such folder");
        }

        if (_programs.FirstOrDefault(p => !File.Exists(Path.Combine(folder, p))) is { } missing)
        {
            return (null, $"no {missing}");
        }

        var found = await MajorAsync(Path.Combine(folder, "postgres"), time, ct);
        return found switch
        {
            null => (null, "its postgres does not tell its version"),
            < PostgresBinaries.OldestMajor => (null, string.Create(CultureInfo.InvariantCulture, $"version {found} is too old")),
            _ when major is not null && found != major => (null, string.Create(CultureInfo.InvariantCulture, $"version {found}")),
            _ => (new PostgresBinaries(folder, found.Value), ""),
        };
    }
}
