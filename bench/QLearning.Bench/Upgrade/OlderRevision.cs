using System.Diagnostics;
using QLearning.Abstractions;
using QLearning.Testing;

namespace QLearning.Bench.Upgrade;

/// <summary>
/// The program of an older revision, built in a temporary clone of this repository, which goes with it. A clone and not a worktree: it
/// leaves the repository as it is, also when this process is killed.
/// </summary>
internal sealed class OlderRevision : IDisposable
{
    private readonly string _folder;

    private OlderRevision(string folder) => _folder = folder;

    /// <summary>Its <c>qlearn.dll</c>.</summary>
    public string Program => Path.Combine(_folder, "src", "Cli", "bin", "Release", "net10.0", "qlearn.dll");

    /// <summary>Checks a revision out and builds it.</summary>
    /// <param name="revision">What git takes for a commit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidInputException">There is no such revision, or it does not build.</exception>
    public static async Task<OlderRevision> BuildAsync(string revision, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("qlearning-upgrade-").FullName, "source");
        var older = new OlderRevision(folder);
        try
        {
            var commit = await RunAsync(
                revision, ["git", "-C", Repository.Root, "rev-parse", "--verify", $"{revision}^{{commit}}"], cancellationToken);
            await RunAsync(revision, ["git", "clone", "--quiet", "--shared", "--no-checkout", Repository.Root, folder], cancellationToken);
            await RunAsync(revision, ["git", "-C", folder, "checkout", "--quiet", "--detach", commit], cancellationToken);
            var project = Path.Combine(folder, "src", "Cli");
            await RunAsync(
                revision,
                ["dotnet", "build", project, "-c", "Release", "-nologo", "-v", "quiet", "--disable-build-servers"],
                cancellationToken);
            return older;
        }
        catch
        {
            older.Dispose();
            throw;
        }
    }

    /// <summary>Brings a database to the schema of the revision.</summary>
    /// <param name="program">The revision's <c>qlearn.dll</c>.</param>
    /// <param name="connectionString">The database.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidInputException">It cannot.</exception>
    public static Task MigrateAsync(string program, string connectionString, CancellationToken cancellationToken) =>
        RunAsync(program, ["dotnet", program, "db", "migrate", "--cluster", connectionString], cancellationToken);

    public void Dispose() => Directory.GetParent(_folder)!.Delete(recursive: true);

    private static async Task<string> RunAsync(string revision, string[] command, CancellationToken cancellationToken)
    {
        using var process = new ChildProcess(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true });
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw InvalidInputException.For(
                "revision", revision, $"'{command[0]}' ended with {process.ExitCode}: {$"{await output}{errors}".Trim()}",
                "a commit, tag or branch of this repository that builds");
        }

        return (await output).Trim();
    }
}
