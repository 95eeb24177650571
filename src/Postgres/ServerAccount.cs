using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>
/// The user that PostgreSQL's programs run as. They refuse root, so root drops to an unprivileged user for them. That user may not be able
/// to walk to the data folder (a clone below /root): the launching shell, still root, opens the folder and the programs reach it through
/// <c>/proc/self/fd</c>, which asks for no right on the folders above and for no capability that containers take away.
/// </summary>
internal sealed class ServerAccount
{
    private const string DataDescriptor = "/proc/self/fd/9";
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);
    private static readonly string[] _preferred = ["postgres", "nobody"];
    private readonly string[] _drop;

    private ServerAccount(string? name, string[] drop) => (Name, _drop) = (name, drop);

    /// <summary>The user that root drops to; null when privileges need not be dropped.</summary>
    public string? Name { get; }

    /// <summary>
    /// Chooses the user: the owner of data that exist, else <c>postgres</c>, else <c>nobody</c>; ourselves when we are not root.
    /// </summary>
    public static async Task<ServerAccount> ChooseAsync(string dataFolder, TimeProvider time, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, []);
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new StorageUnavailableException("PostgreSQL refuses to run as root, and dropping to another user works on Linux only. "
                + "Allowed: an ordinary user, or a server of your own in ConnectionStrings__QLearning.");
        }

        var owner = await OwnerAsync(dataFolder, time, ct);
        var tried = owner is null or "root" ? _preferred : [owner];
        foreach (var name in tried)
        {
            if (await DropAsync(name, time, ct) is { } drop)
            {
                return new ServerAccount(name, drop);
            }
        }

        throw new StorageUnavailableException(
            $"PostgreSQL refuses to run as root, and root could not become the user '{string.Join("' or '", tried)}' "
            + "by setpriv, runuser or su. Allowed: an ordinary user, or a server of your own in ConnectionStrings__QLearning.");
    }

    /// <summary>Gives a folder that root made to the user. Nothing to do when privileges are not dropped.</summary>
    public async Task TakeOverAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        if (Name is null)
        {
            return;
        }

        var run = await ToolRun.RunAsync(["chown", "-R", Name + ":", folder], "", _limit, time, ct);
        if (!run.Succeeded)
        {
            throw new StorageUnavailableException($"The folder '{folder}' could not be given to the user '{Name}': {run.Said}.");
        }
    }

    /// <summary>Checks that the user can write where its data are to be.</summary>
    public async Task CheckReachAsync(string dataFolder, TimeProvider time, CancellationToken ct)
    {
        var run = await ToolRun.RunAsync(Command(dataFolder, null, data => ["test", "-w", data]), "", _limit, time, ct);
        if (!run.Succeeded)
        {
            throw new StorageUnavailableException(
                $"The user '{Name ?? Environment.UserName}', who runs PostgreSQL, cannot write to the folder '{dataFolder}'. "
                + $"{run.Said} Choose a folder that this user can reach with --data.");
        }
    }

    /// <summary>
    /// The command line that runs a program as the user. With a log it keeps nothing of our terminal: neither input nor output.
    /// </summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="log">A file that gets all output, or null to leave it with the caller.</param>
    /// <param name="program">The program and its arguments, given the path by which it reaches the data folder.</param>
    public IReadOnlyList<string> Command(string dataFolder, string? log, Func<string, string[]> program)
    {
        const string ToLog = "exec </dev/null >>\"$1\" 2>&1; ";
        var redirect = log is null ? "" : ToLog;
        return Name is null
            ? ["/bin/sh", "-c", redirect + "shift && exec \"$@\"", "sh", log ?? "", .. program(dataFolder)]
            : ["/bin/sh", "-c", redirect + "exec 9<\"$2\" && shift 2 && exec \"$@\"", "sh", log ?? "", dataFolder, .. _drop,
                .. program(DataDescriptor)];
    }

    private static async Task<string?> OwnerAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var run = await ToolRun.RunAsync(["stat", "-c", "%U", folder], "", _limit, time, ct);
        return run.Succeeded
            ? run.Output.Trim()
            : throw new StorageUnavailableException($"The owner of the folder '{folder}' could not be found: {run.Said}.");
    }

    // Which of the three programs exists, and takes these options, depends on the distribution: the first that works is taken.
    private static async Task<string[]?> DropAsync(string user, TimeProvider time, CancellationToken ct)
    {
        var group = await ToolRun.RunAsync(["id", "-g", user], "", _limit, time, ct);
        if (!group.Succeeded)
        {
            return null;
        }

        string[][] ways =
        [
            ["setpriv", $"--reuid={user}", $"--regid={group.Output.Trim()}", "--init-groups", "--"],
            ["runuser", "-u", user, "--"],
            ["su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--", user],
        ];
        foreach (var way in ways)
        {
            var run = await ToolRun.RunAsync(["/bin/sh", "-c", "exec \"$@\"", "sh", .. way, "id", "-un"], "", _limit, time, ct);
            if (run.Succeeded && run.Output.Trim() == user)
            {
                return way;
            }
        }

        return null;
    }
}
